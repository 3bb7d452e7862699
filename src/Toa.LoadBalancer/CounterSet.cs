using System;
using System.Collections.Generic;
using System.Linq;

namespace Toa.LoadBalancing;

/// <summary>
/// The counters of a shard. One thread at a time writes, any thread reads: each number is consistent, but not the set of them.
/// Faults are different: threads of all shards count them in one set.
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

    public static LoadBalancerCounters Sum(CounterSet[] sets, long packetsNotCaptured)
    {
        return new LoadBalancerCounters
        {
            FromClients = Of(set => set.FromClients),
            FromServers = Of(set => set.FromServers),
            ToClients = Of(set => set.ToClients),
            ToServers = Of(set => set.ToServers),
            FlowsOpened = Of(set => set.FlowsOpened),
            FlowsClosed = Of(set => set.FlowsClosed),
            FlowsExpired = Of(set => set.FlowsExpired),
            FlowsEvicted = Of(set => set.FlowsEvicted),
            FlowsOpen = Of(set => set.FlowsOpen),
            FlowsRefused = ByReason<FlowRefusal>(set => set.Refused),
            OptionsInserted = Of(set => set.OptionsInserted),
            OptionsSkipped = ByReason<InsertionSkip>(set => set.Skipped),
            SackBlocksPruned = Of(set => set.SackBlocksPruned),
            ForgedOptionsRemoved = Of(set => set.ForgedOptionsRemoved),
            MssLowered = Of(set => set.MssLowered),
            ResetsSent = Of(set => set.ResetsSent),
            IcmpTranslated = Of(set => set.IcmpTranslated),
            IcmpSent = Of(set => set.IcmpSent),
            PacketsNotCaptured = packetsNotCaptured,
            PacketsDropped = ByReason<DropReason>(set => set.Dropped),
            Faults = ByReason<FaultKind>(set => set.Faults),
        };

        long Of(Func<CounterSet, long> count) => sets.Sum(count);

        Dictionary<T, long> ByReason<T>(Func<CounterSet, long[]> counts)
            where T : struct, Enum =>
            Enum.GetValues<T>().Select((reason, i) => (reason, i)).ToDictionary(one => one.reason, one => Of(set => counts(set)[one.i]));
    }
}
