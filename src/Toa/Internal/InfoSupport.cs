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
    private readonly Func<bool> _findRewriter;
    private volatile bool _missing;
    private volatile Rewriter _rewriter;

    /// <param name="findRewriter">Whether a module is loaded that may rewrite names and answers no socket option.</param>
    public InfoSupport(Func<bool>? findRewriter = null)
    {
        _findRewriter = findRewriter ?? (static () => false);
        // The timer lives as long as the process, and would keep alive whatever flows with the first caller.
        bool flows = !ExecutionContext.IsFlowSuppressed();
        if (flows)
            ExecutionContext.SuppressFlow();
        _askAgain = new Timer(static self => ((InfoSupport)self!).Hit(), this, Timeout.Infinite, Timeout.Infinite);
        if (flows)
            ExecutionContext.RestoreFlow();
    }

    private enum Rewriter
    {
        NotLookedFor,
        Absent,
        Present,
    }

    /// <summary>Whether it is worth asking.</summary>
    public bool IsLikely => !_missing;

    /// <summary>
    /// Whether a name may be the client's, although nothing answers: then it proves nothing. Looked for once after each
    /// question that nothing answered.
    /// </summary>
    public bool NamesMayBeRewritten
    {
        get
        {
            if (_rewriter == Rewriter.NotLookedFor)
                _rewriter = _findRewriter() ? Rewriter.Present : Rewriter.Absent;
            return _rewriter == Rewriter.Present;
        }
    }

    public void Miss()
    {
        _missing = true;
        _rewriter = Rewriter.NotLookedFor;
        _askAgain.Change(MillisecondsBetweenQuestions, Timeout.Infinite);
    }

    public void Hit()
    {
        // Written only where it changes: every connection on every core reads this.
        if (_missing)
            _missing = false;
    }
}
