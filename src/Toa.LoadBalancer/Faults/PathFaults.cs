using System;

namespace Toa.LoadBalancing;

/// <summary>
/// The faults of one direction, to test servers and clients. All are off by default. Shares are percentages of packets, 0 to 100.
/// </summary>
public sealed class PathFaults
{
    /// <summary>Packets that are dropped.</summary>
    public double Drop { get; set; }

    /// <summary>Packets that are sent twice.</summary>
    public double Duplicate { get; set; }

    /// <summary>Packets that are sent after the next one, or at least 20 ms late if no other packet follows.</summary>
    public double Reorder { get; set; }

    /// <summary>The time that each packet is on its way, at most 10 seconds.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>
    /// The largest additional time, at most 10 seconds. Each packet gets a random part of it, but packets do not overtake each other.
    /// </summary>
    public TimeSpan Jitter { get; set; }

    /// <summary>
    /// Bits per second that pass, at least 8000, or 0 for no limit. Packets that would wait for more than 250 ms are dropped.
    /// </summary>
    public long Bandwidth { get; set; }

    /// <summary>
    /// A black hole for large packets: those with more bytes vanish, and no ICMP error says so. At least 68, or 0 for no limit.
    /// </summary>
    public int LargestPacket { get; set; }

    /// <summary>Whether no packet passes.</summary>
    public bool Stall { get; set; }

    /// <summary>
    /// The bytes of a connection's data that pass before the balancer resets the connection at both ends; 0 for never.
    /// </summary>
    public long ResetAfter { get; set; }

    internal bool Any => Drop + Duplicate + Reorder > 0 || HasDelay || LargestPacket > 0 || Stall || ResetAfter > 0;

    internal bool HasDelay => Latency > TimeSpan.Zero || Jitter > TimeSpan.Zero || Bandwidth > 0;

    internal PathFaults Copy() => (PathFaults)MemberwiseClone();
}
