using System;
using System.Diagnostics.CodeAnalysis;
using System.Threading;

namespace Toa.Internal;

/// <summary>
/// Remembers that getsockopt 4097 is unknown here, so that lookups do not pay for asking it: they ask it again after a
/// while, as a provider may be loaded at any time.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
internal sealed class InfoSupport
{
    private const int MillisecondsBetweenQuestions = 1000;

    // Not a clock that every lookup reads: on a connection without an option, that is a third of what .NET costs.
    private readonly Timer _askAgain;
    private volatile bool _missing;

    public InfoSupport()
    {
        // The timer lives as long as the process, and would keep alive whatever flows with the first caller.
        bool flows = !ExecutionContext.IsFlowSuppressed();
        if (flows)
            ExecutionContext.SuppressFlow();
        _askAgain = new Timer(static self => ((InfoSupport)self!).Hit(), this, Timeout.Infinite, Timeout.Infinite);
        if (flows)
            ExecutionContext.RestoreFlow();
    }

    /// <summary>Whether it is worth asking.</summary>
    public bool IsLikely => !_missing;

    public void Miss()
    {
        _missing = true;
        try
        {
            _askAgain.Change(MillisecondsBetweenQuestions, Timeout.Infinite);
        }
        // The runtime cannot start the thread of its timers: then every lookup asks.
        catch (OutOfMemoryException)
        {
            _missing = false;
        }
    }

    public void Hit()
    {
        // Written only where it changes: every connection on every core reads this.
        if (_missing)
            _missing = false;
    }
}
