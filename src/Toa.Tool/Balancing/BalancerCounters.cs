using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using Toa.LoadBalancing;
using Toa.Tool.Commands;

namespace Toa.Tool.Balancing;

/// <summary>A balancer's counters by name, in the same form as a provider's counters.</summary>
internal static class BalancerCounters
{
    /// <summary>All counters, including those that are zero.</summary>
    public static Dictionary<string, long> ByName(LoadBalancerCounters counters) => new(
    [
        new("from_clients", counters.FromClients),
        new("from_servers", counters.FromServers),
        new("to_clients", counters.ToClients),
        new("to_servers", counters.ToServers),
        new("flows_opened", counters.FlowsOpened),
        new("flows_closed", counters.FlowsClosed),
        new("flows_expired", counters.FlowsExpired),
        new("flows_evicted", counters.FlowsEvicted),
        new("flows_open", counters.FlowsOpen),
        new("options_inserted", counters.OptionsInserted),
        new("sack_blocks_pruned", counters.SackBlocksPruned),
        new("forged_options_removed", counters.ForgedOptionsRemoved),
        new("mss_lowered", counters.MssLowered),
        new("resets_sent", counters.ResetsSent),
        new("icmp_translated", counters.IcmpTranslated),
        new("icmp_sent", counters.IcmpSent),
        new("not_captured", counters.PacketsNotCaptured),
        .. ByReason("refused", counters.FlowsRefused),
        .. ByReason("not_inserted", counters.OptionsSkipped),
        .. ByReason("dropped", counters.PacketsDropped.Where(drop => drop.Key != DropReason.None)),
        .. ByReason("fault", counters.Faults),
    ]);

    /// <summary>Converts them for the views that show a provider's counters.</summary>
    public static StatsDocument ToStats(
        DateTimeOffset time, IReadOnlyDictionary<string, long> now, IReadOnlyDictionary<string, long>? before) =>
        new(time, [], [.. now.Select(counter => new CounterDocument(
            counter.Key, (ulong)counter.Value, counter.Value - (before?[counter.Key] ?? 0), []))]);

    private static IEnumerable<KeyValuePair<string, long>> ByReason<T>(
        string prefix, IEnumerable<KeyValuePair<T, long>> counts)
        where T : struct, Enum =>
        counts.Select(count => KeyValuePair.Create(
            $"{prefix}_{JsonNamingPolicy.SnakeCaseLower.ConvertName(count.Key.ToString())}", count.Value));
}
