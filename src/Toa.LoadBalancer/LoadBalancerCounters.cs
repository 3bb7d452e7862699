using System.Collections.Generic;

namespace Toa.LoadBalancing;

/// <summary>The counters of a <see cref="LoadBalancer"/> since it started.</summary>
public sealed record LoadBalancerCounters
{
    /// <summary>Packets for a virtual address, including those that were dropped.</summary>
    public required long FromClients { get; init; }

    /// <summary>Packets for a source address, including those that were dropped.</summary>
    public required long FromServers { get; init; }

    /// <summary>Packets sent to clients, including the balancer's own.</summary>
    public required long ToClients { get; init; }

    /// <summary>Packets sent to servers, including the balancer's own.</summary>
    public required long ToServers { get; init; }

    /// <summary>Flows that were opened by a SYN.</summary>
    public required long FlowsOpened { get; init; }

    /// <summary>Flows that were removed after FINs or a reset, or because the client began a new connection.</summary>
    public required long FlowsClosed { get; init; }

    /// <summary>Flows that were removed because they were idle for too long.</summary>
    public required long FlowsExpired { get; init; }

    /// <summary>Flows that were not closed and were removed to make room for others.</summary>
    public required long FlowsEvicted { get; init; }

    /// <summary>Flows in the table now, including those that have just closed.</summary>
    public required long FlowsOpen { get; init; }

    /// <summary>SYNs for which no flow was opened, by reason.</summary>
    public required IReadOnlyDictionary<FlowRefusal, long> FlowsRefused { get; init; }

    /// <summary>Segments that were sent with the TOA option.</summary>
    public required long OptionsInserted { get; init; }

    /// <summary>Segments that had to carry the TOA option but were sent without it, by reason.</summary>
    public required IReadOnlyDictionary<InsertionSkip, long> OptionsSkipped { get; init; }

    /// <summary>SACK blocks that were removed to make room for the TOA option.</summary>
    public required long SackBlocksPruned { get; init; }

    /// <summary>TOA options that clients wrote themselves, and that were removed.</summary>
    public required long ForgedOptionsRemoved { get; init; }

    /// <summary>SYNs and SYN-ACKs whose MSS was lowered.</summary>
    public required long MssLowered { get; init; }

    /// <summary>Resets that the balancer itself sent.</summary>
    public required long ResetsSent { get; init; }

    /// <summary>ICMP errors forwarded to the other side.</summary>
    public required long IcmpTranslated { get; init; }

    /// <summary>ICMP errors that the balancer itself sent.</summary>
    public required long IcmpSent { get; init; }

    /// <summary>Packets that are missing in <see cref="LoadBalancerOptions.CaptureFile"/>, because writing it was too slow.</summary>
    public required long PacketsNotCaptured { get; init; }

    /// <summary>Dropped packets, by reason.</summary>
    public required IReadOnlyDictionary<DropReason, long> PacketsDropped { get; init; }

    /// <summary>Injected faults, by kind.</summary>
    public required IReadOnlyDictionary<FaultKind, long> Faults { get; init; }
}
