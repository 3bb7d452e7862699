using System;
using System.Threading;

namespace Toa.Tool.Tests.Support;

/// <summary>A clock on which every wait ends at once.</summary>
internal sealed class InstantClock : TimeProvider
{
    /// <summary>The number of waits.</summary>
    public int Waits { get; private set; }

    /// <summary>Called for each wait, with its number.</summary>
    public Action<int> Waiting { get; init; } = _ => { };

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Waiting(++Waits);
        return base.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
