using System;
using System.Collections.Generic;
using System.Net;
using System.Threading;

namespace Toa.Tests.Support;

/// <summary>Repeats a lookup on its own thread until it finds nothing.</summary>
internal sealed class Hammer
{
    private readonly HashSet<IPEndPoint> _found = [];
    private readonly Thread _thread;
    private Exception? _failure;
    private volatile bool _begun;

    public Hammer(Func<IPEndPoint?> lookUp)
    {
        _thread = new Thread(() => Run(lookUp)) { IsBackground = true };
        _thread.Start();
    }

    public void WaitForFirst() => Deadline.WaitUntil(() => _begun, "the lookups have begun");

    /// <summary>Waits for the thread, and returns everything that it found.</summary>
    public IReadOnlyCollection<IPEndPoint> Join()
    {
        Deadline.Join(_thread);
        return _failure is null ? _found : throw new InvalidOperationException("A lookup threw.", _failure);
    }

    private void Run(Func<IPEndPoint?> lookUp)
    {
        try
        {
            while (lookUp() is { } found)
            {
                _found.Add(found);
                _begun = true;
            }
        }
        catch (Exception e)
        {
            _failure = e;
        }
        finally
        {
            _begun = true;
        }
    }
}
