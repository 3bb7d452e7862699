using System.Collections.Generic;

namespace Toa.LoadBalancing;

/// <summary>What a <see cref="LoadBalancer"/> has counted since it started.</summary>
public sealed record LoadBalancerCounters
{
    /// <summary>Packets for a virtual address, with what was dropped of them.</summary>
    public required long FromClients { get; init; }

    /// <summary>Packets for a source address, with what was dropped of them.</summary>
    public required long FromServers { get; init; }

    /// <summary>Packets sent to clients, the balancer's own included.</summary>
    public required long ToClients { get; init; }

    /// <summary>Packets sent to servers, the balancer's own included.</summary>
    public required long ToServers { get; init; }

    /// <summary>Connections that a SYN opened.</summary>
    public required long FlowsOpened { get; init; }

    /// <summary>Flows that ended by FINs or a reset, and are gone.</summary>
    public required long FlowsClosed { get; init; }

    /// <summary>Flows that were silent for too long.</summary>
    public required long FlowsExpired { get; init; }

    /// <summary>Flows that were still open and had to make room for others.</summary>
    public required long FlowsEvicted { get; init; }

    /// <summary>Flows in the table now, those that just closed included.</summary>
    public required long FlowsOpen { get; init; }

    /// <summary>SYNs that opened no flow, by reason.</summary>
    public required IReadOnlyDictionary<FlowRefusal, long> FlowsRefused { get; init; }

    /// <summary>Segments that carried the option.</summary>
    public required long OptionsInserted { get; init; }

    /// <summary>Segments that should have carried the option and did not, by reason.</summary>
    public required IReadOnlyDictionary<InsertionSkip, long> OptionsSkipped { get; init; }

    /// <summary>SACK blocks that made room for the option.</summary>
    public required long SackBlocksPruned { get; init; }

    /// <summary>TOA options that clients had written themselves, and that were removed.</summary>
    public required long ForgedOptionsRemoved { get; init; }

    /// <summary>SYNs and SYN-ACKs whose MSS was lowered.</summary>
    public required long MssLowered { get; init; }

    /// <summary>Resets that the balancer sent itself.</summary>
    public required long ResetsSent { get; init; }

    /// <summary>ICMP errors passed on to the other side.</summary>
    public required long IcmpTranslated { get; init; }

    /// <summary>ICMP errors that the balancer sent itself.</summary>
    public required long IcmpSent { get; init; }

    /// <summary>Packets that went no further, by reason.</summary>
    public required IReadOnlyDictionary<DropReason, long> PacketsDropped { get; init; }

    /// <summary>What was done wrong on purpose.</summary>
    public required IReadOnlyDictionary<FaultKind, long> Faults { get; init; }
}
