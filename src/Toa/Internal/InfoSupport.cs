using System;

namespace Toa.Internal;

/// <summary>
/// Remembers that getsockopt 4097 is unknown here, so that lookups do not pay for asking it: they ask it again after a
/// while, as a provider may be loaded at any time.
/// </summary>
internal sealed class InfoSupport
{
    private const int MillisecondsBetweenQuestions = 1000;

    private volatile bool _missing;
    private int _missedAt;

    /// <summary>Whether it is worth asking.</summary>
    public bool IsLikely => !_missing || unchecked(Environment.TickCount - _missedAt) > MillisecondsBetweenQuestions;

    public void Miss()
    {
        _missedAt = Environment.TickCount;
        _missing = true;
    }

    public void Hit()
    {
        // Written only where it changes: every connection on every core reads this.
        if (_missing)
            _missing = false;
    }
}
