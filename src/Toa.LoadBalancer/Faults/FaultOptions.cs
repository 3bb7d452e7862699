using System.Net;

namespace Toa.LoadBalancing;

/// <summary>
/// The faults that a listener injects, to test servers. All shares are percentages of packets, 0 to 100, and default to 0.
/// </summary>
public sealed class FaultOptions
{
    /// <summary>Packets that are dropped, in both directions.</summary>
    public double Drop { get; set; }

    /// <summary>Packets that are sent twice, in both directions.</summary>
    public double Duplicate { get; set; }

    /// <summary>Packets that are sent after the next one of their direction, or at least 20 ms late if no other packet follows.</summary>
    public double Reorder { get; set; }

    /// <summary>
    /// Segments with the TOA option that also carry a TOA option of <see cref="ForgedClient"/> before it, as from a balancer
    /// that does not write its own option first.
    /// </summary>
    public double ForgedBefore { get; set; }

    /// <summary>
    /// Segments with the TOA option that also carry a TOA option of <see cref="ForgedClient"/> after it, as from a balancer
    /// that does not remove the client's options.
    /// </summary>
    public double ForgedAfter { get; set; }

    /// <summary>Segments whose TOA option runs past the end of the header, which contains only the first part of it.</summary>
    public double Truncated { get; set; }

    /// <summary>
    /// The address and port in forged TOA options, of the same family as the virtual address. Defaults to null: 203.0.113.66
    /// or 2001:db8:bad::66, port 6666.
    /// </summary>
    public IPEndPoint? ForgedClient { get; set; }

    /// <summary>With a seed, each run makes the same choices. Defaults to null: each run makes different choices.</summary>
    public int? Seed { get; set; }

    internal bool Any => Drop + Duplicate + Reorder + ForgedBefore + ForgedAfter + Truncated > 0;
}
