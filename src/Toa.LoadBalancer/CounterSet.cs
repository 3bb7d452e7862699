using System;
using System.Collections.Generic;

namespace Toa.LoadBalancing;

/// <summary>
/// The core's counters. One thread writes, any thread reads: each number is consistent, but not the set of them.
/// </summary>
internal sealed class CounterSet
{
    public long FromClients;
    public long FromServers;
    public long ToClients;
    public long ToServers;
    public long FlowsOpened;
    public long FlowsClosed;
    public long FlowsExpired;
    public long FlowsEvicted;
    public long FlowsOpen;
    public long OptionsInserted;
    public long SackBlocksPruned;
    public long ForgedOptionsRemoved;
    public long MssLowered;
    public long ResetsSent;
    public long IcmpTranslated;
    public long IcmpSent;

    public long[] Refused { get; } = new long[Enum.GetValues<FlowRefusal>().Length];

    public long[] Skipped { get; } = new long[Enum.GetValues<InsertionSkip>().Length];

    public long[] Dropped { get; } = new long[Enum.GetValues<DropReason>().Length];

    public long[] Faults { get; } = new long[Enum.GetValues<FaultKind>().Length];

    public LoadBalancerCounters Snapshot() => new()
    {
        FromClients = FromClients,
        FromServers = FromServers,
        ToClients = ToClients,
        ToServers = ToServers,
        FlowsOpened = FlowsOpened,
        FlowsClosed = FlowsClosed,
        FlowsExpired = FlowsExpired,
        FlowsEvicted = FlowsEvicted,
        FlowsOpen = FlowsOpen,
        FlowsRefused = ByReason<FlowRefusal>(Refused),
        OptionsInserted = OptionsInserted,
        OptionsSkipped = ByReason<InsertionSkip>(Skipped),
        SackBlocksPruned = SackBlocksPruned,
        ForgedOptionsRemoved = ForgedOptionsRemoved,
        MssLowered = MssLowered,
        ResetsSent = ResetsSent,
        IcmpTranslated = IcmpTranslated,
        IcmpSent = IcmpSent,
        PacketsDropped = ByReason<DropReason>(Dropped),
        Faults = ByReason<FaultKind>(Faults),
    };

    private static Dictionary<T, long> ByReason<T>(long[] counts)
        where T : struct, Enum
    {
        Dictionary<T, long> byReason = [];
        foreach (T reason in Enum.GetValues<T>())
            byReason[reason] = counts[byReason.Count];
        return byReason;
    }
}
