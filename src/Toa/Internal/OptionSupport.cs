using System;
using System.Diagnostics.CodeAnalysis;
using System.Threading;

namespace Toa.Internal;

/// <summary>
/// Remembers whether the kernel knows a socket option, so that lookups do not pay for a call that fails. After a while, they ask
/// again, because a provider may be loaded at any time.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
internal sealed class OptionSupport
{
    private const int MillisecondsBetweenQuestions = 1000;

    // A timer, because reading a clock in every lookup would be a third of .NET's cost for a connection without a TOA option.
    private readonly Timer _askAgain;
    private volatile bool _missing;
    private volatile bool _answered;

    public OptionSupport()
    {
        // The timer lives as long as the process, and would keep the execution context of the first caller alive.
        bool flows = !ExecutionContext.IsFlowSuppressed();
        if (flows)
            ExecutionContext.SuppressFlow();
        _askAgain = new Timer(static self => ((OptionSupport)self!).AskAgain(), this, Timeout.Infinite, Timeout.Infinite);
        if (flows)
            ExecutionContext.RestoreFlow();
    }

    /// <summary>Whether to ask for the option.</summary>
    public bool IsLikely => !_missing;

    /// <summary>Whether the kernel has answered the option since this process started.</summary>
    public bool WasAnswered => _answered;

    public void Miss()
    {
        _missing = true;
        try
        {
            _askAgain.Change(MillisecondsBetweenQuestions, Timeout.Infinite);
        }
        // The runtime cannot start its timer thread: every lookup then asks.
        catch (OutOfMemoryException)
        {
            _missing = false;
        }
    }

    public void Hit()
    {
        AskAgain();
        if (!_answered)
            _answered = true;
    }

    private void AskAgain()
    {
        // Write only on a change: all cores read this field for every connection.
        if (_missing)
            _missing = false;
    }
}
