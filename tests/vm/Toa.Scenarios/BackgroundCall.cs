using System;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace Toa.Scenarios;

/// <summary>A call that is expected to block, on its own thread.</summary>
internal sealed class BackgroundCall
{
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _failure;

    public BackgroundCall(Action action)
    {
        _thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception exception)
            {
                _failure = ExceptionDispatchInfo.Capture(exception);
            }
        });
        _thread.Start();
    }

    /// <summary>Whether it has not returned for half a second.</summary>
    public bool IsBlocked() => !_thread.Join(500);

    public void ExpectBlocked(string call, string where)
    {
        if (IsBlocked())
            return;
        _failure?.Throw();
        throw new ScenarioFailedException($"{call} returned: {where} should wait");
    }

    /// <summary>Waits a minute at the most, and rethrows the exception of the call.</summary>
    public void Join()
    {
        Expect.True(_thread.Join(60_000), "a call that was waited for never returned");
        _failure?.Throw();
    }
}
