using System;
using System.Threading;

namespace Toa.Tool.Tests.Support;

/// <summary>A clock on which every wait ends at once, and which shows the time at which it would have ended.</summary>
internal sealed class SteppingClock : TimeProvider
{
    private DateTimeOffset _now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    /// <summary>Called after each wait, with the seconds since the start.</summary>
    public Action<double> Waited { get; init; } = _ => { };

    public double Seconds { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>What the time of day was changed by.</summary>
    public TimeSpan Correction { get; set; }

    public override DateTimeOffset GetUtcNow() => _now + Correction;

    public override long GetTimestamp() => _now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.Zero)
        {
            _now += dueTime;
            Seconds += dueTime.TotalSeconds;
            Waited(Seconds);
        }

        return base.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
