using System;

namespace Toa.Tool.Live;

/// <summary>
/// The part of all connections that is looked at. It follows the traffic, so that the work stays the same: the kernel copies few
/// packets, and few connections are decoded.
/// </summary>
/// <param name="wanted">How many connections with TOA options to find in a second.</param>
internal sealed class SampleRate(int wanted)
{
    /// <summary>The packets in a second that are aimed at. Up to twice as many are accepted.</summary>
    public const int WantedPackets = 200;

    // Fewer would be less than one of all 65536 source ports.
    private const double Least = 1.0 / 65536;

    /// <summary>The part: above 0, up to 1.</summary>
    public double Share { get; private set; } = 1;

    /// <summary>Selects the source ports. It changes if those in the sample have too many packets: others may have fewer.</summary>
    public ushort Salt { get; private set; }

    /// <summary>Follows what was found since the last time.</summary>
    /// <param name="packets">All packets that passed the filter.</param>
    /// <param name="connections">The connections with TOA options.</param>
    /// <param name="time">The time since then.</param>
    /// <param name="isOverrun">Whether packets were lost.</param>
    /// <returns>Whether the part has changed.</returns>
    public bool Update(long packets, int connections, TimeSpan time, bool isOverrun)
    {
        double seconds = Math.Max(time.TotalSeconds, 0.001);
        double packetLoad = Math.Max(packets / (WantedPackets * seconds), isOverrun ? 2.5 : 0);
        double load = Math.Max(packetLoad, connections / (wanted * seconds));
        if (load > 2)
        {
            if (packetLoad > 2)
                Salt = (ushort)Random.Shared.Next(ushort.MaxValue + 1);
            Share = Math.Max(Share / load, Least);
            return true;
        }

        if (load >= 0.5 || Share == 1)
            return false;
        Share = Math.Min(Share * Math.Min(2, 0.75 / Math.Max(load, 0.001)), 1);
        return true;
    }
}
