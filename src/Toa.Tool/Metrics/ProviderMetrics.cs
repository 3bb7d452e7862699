using System.Collections.Generic;
using System.Linq;
using Toa.Diagnostics;
using Toa.Tool.Provider;
using static Toa.Tool.Metrics.PrometheusText;

namespace Toa.Tool.Metrics;

/// <summary>A provider and its counters as metrics.</summary>
internal static class ProviderMetrics
{
    // The counters that are one metric together: the metric, its help, its label, and the label's value for each counter.
    private static readonly (string Name, string Help, string Label, (string Counter, string Value)[] Counters)[] s_families =
    [
        ("connections_total", "Connections that arrived, by whether the provider found a client in their TOA option.", "outcome",
            [("syn_recv_sock_toa", "client"), ("syn_recv_sock_no_toa", "no_client")]),
        ("first_data_total", "TOA options before the first data, by whether they came in time.", "outcome",
            [("first_data_toa", "client"), ("first_data_late", "late")]),
        ("lookups_total", "Questions of programs about a client, by the answer.", "outcome",
            [("getname_toa_ok", "client"), ("getname_toa_mismatch", "other_family"), ("getname_toa_empty", "no_client")]),
        ("options_ignored_total", "TOA options that the provider did not accept, by the reason.", "reason",
        [
            ("untrusted", "untrusted"), ("option_malformed", "malformed"), ("option_wrong_length", "wrong_length"),
            ("address_unusable", "address_unusable"), ("option_duplicate", "duplicate"), ("no_memory", "no_memory"),
        ]),
    ];

    private static readonly (string Family, string Added, string Removed)[] s_held =
        [("ipv4", "ip4_address_alloc", "ip4_address_free"), ("ipv6", "ip6_address_alloc", "ip6_address_free")];

    private static readonly HashSet<string> s_known =
    [
        .. s_families.SelectMany(family => family.Counters).Select(counter => counter.Counter),
        .. s_held.SelectMany(held => new[] { held.Added, held.Removed }),
    ];

    /// <summary>The client addresses of open connections that a provider holds, for each family that its counters have.</summary>
    public static IEnumerable<(string Family, ulong Count)> Held(ToaStatistics statistics) =>
        from held in s_held
        where statistics[held.Added] >= statistics[held.Removed]
        select (held.Family, (statistics[held.Added] - statistics[held.Removed])!.Value);

    /// <param name="text">Where to add the metrics.</param>
    /// <param name="kind">The kind of the provider; null if none serves.</param>
    public static void AddProvider(PrometheusText text, string? kind)
    {
        text.Add("provider_up", "gauge", "Whether a provider serves: 1 or 0.", new Sample(kind is null ? 0 : 1));
        if (kind is not null)
            text.Add("provider_info", "gauge", "The provider that serves, and the version of this program.",
                new Sample(1, ("kind", kind), ("version", ModuleSource.Version)));
    }

    /// <summary>Adds the counters. One that the provider does not have is left out.</summary>
    public static void AddCounters(PrometheusText text, ToaStatistics statistics)
    {
        foreach ((string name, string help, string label, (string Counter, string Value)[] counters) in s_families)
        {
            text.Add(name, "counter", help,
            [
                .. from counter in counters
                   where statistics[counter.Counter] is not null
                   select new Sample(statistics[counter.Counter]!.Value, (label, counter.Value)),
            ]);
        }

        text.Add("addresses_held", "gauge", "Client addresses of open connections that the provider holds.",
        [
            .. Held(statistics).Select(held => new Sample(held.Count, ("family", held.Family))),
        ]);
        foreach (ToaCounter counter in statistics.Counters.Where(counter => !s_known.Contains(counter.Name)))
            text.Add($"{counter.Name}_total", "counter", $"The provider's counter {counter.Name}.", new Sample(counter.Total));
    }
}
