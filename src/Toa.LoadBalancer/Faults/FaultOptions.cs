using System;
using System.Net;

namespace Toa.LoadBalancing;

/// <summary>The faults that a listener injects, to test servers and clients. All are off by default.</summary>
public sealed class FaultOptions
{
    /// <summary>Faults of packets to servers.</summary>
    public PathFaults ToServers { get; private set; } = new();

    /// <summary>Faults of packets to clients.</summary>
    public PathFaults ToClients { get; private set; } = new();

    /// <summary>
    /// Segments with the TOA option that also carry a TOA option of <see cref="ForgedClient"/> before it, as from a balancer
    /// that does not write its own option first. A percentage, 0 to 100.
    /// </summary>
    public double ForgedBefore { get; set; }

    /// <summary>
    /// Segments with the TOA option that also carry a TOA option of <see cref="ForgedClient"/> after it, as from a balancer
    /// that does not remove the client's options. A percentage, 0 to 100.
    /// </summary>
    public double ForgedAfter { get; set; }

    /// <summary>
    /// Segments with a TOA option that runs past the end of the header, which contains only the first part of it. A percentage, 0 to 100.
    /// </summary>
    public double Truncated { get; set; }

    /// <summary>
    /// The address and port in forged TOA options, of the same family as the virtual address. Defaults to null: 203.0.113.66
    /// or 2001:db8:bad::66, port 6666.
    /// </summary>
    public IPEndPoint? ForgedClient { get; set; }

    /// <summary>
    /// With a seed, each run makes the same choices, if packets arrive in the same order: for that, set
    /// <see cref="LoadBalancerOptions.Queues"/> to 1. Defaults to null: each run makes different choices.
    /// </summary>
    public int? Seed { get; set; }

    internal bool Any => ForgedBefore + ForgedAfter + Truncated > 0 || ToServers.Any || ToClients.Any;

    /// <summary>Sets faults of both directions.</summary>
    public void SetBoth(Action<PathFaults> set)
    {
        ArgumentNullException.ThrowIfNull(set);
        set(ToServers);
        set(ToClients);
    }

    internal FaultOptions Copy()
    {
        FaultOptions copy = (FaultOptions)MemberwiseClone();
        copy.ToServers = ToServers.Copy();
        copy.ToClients = ToClients.Copy();
        return copy;
    }
}
