using System.Net;

namespace Toa.LoadBalancing;

/// <summary>
/// What a listener does wrong on purpose, for tests of what stands behind it. All shares are percentages of packets, 0 to
/// 100, and default to 0.
/// </summary>
public sealed class FaultOptions
{
    /// <summary>Packets that are lost, in both directions.</summary>
    public double Drop { get; set; }

    /// <summary>Packets that arrive twice, in both directions.</summary>
    public double Duplicate { get; set; }

    /// <summary>Packets that arrive behind the next one of their direction, or 20 ms late if there is none.</summary>
    public double Reorder { get; set; }

    /// <summary>
    /// Segments with the option that carry one of <see cref="ForgedClient"/> in front of it, as from a balancer that does
    /// not put its own first.
    /// </summary>
    public double ForgedBefore { get; set; }

    /// <summary>
    /// Segments with the option that carry one of <see cref="ForgedClient"/> behind it, as from a balancer that leaves the
    /// client's.
    /// </summary>
    public double ForgedAfter { get; set; }

    /// <summary>Segments whose option runs past the end of the header, with only the beginning of the address there.</summary>
    public double Truncated { get; set; }

    /// <summary>
    /// The client that forged options name; of the same family as the virtual address. Defaults to null: 203.0.113.66 or
    /// 2001:db8:bad::66, port 6666.
    /// </summary>
    public IPEndPoint? ForgedClient { get; set; }

    /// <summary>Makes the same choices in each run. Defaults to null: other choices in each.</summary>
    public int? Seed { get; set; }
}
