using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using System.Text.Json;

namespace Toa.Internal;

/// <summary>The meter <c>Toa</c>. Without a listener, it costs only the test of a flag.</summary>
internal static class ToaMetrics
{
    private static readonly Meter Meter = new("Toa", typeof(ToaMetrics).Assembly.GetName().Version?.ToString(3));

    private static readonly Counter<long>? Resolutions = Create(
        "toa.resolutions", "{resolution}", "Lookups of a client, by source of the address and by trust.");

    private static readonly Counter<long>? Fallbacks = Create(
        "toa.fallbacks", "{resolution}", "Lookups that did not use a TOA option, by reason.");

    private static readonly Counter<long>? Refusals = Create(
        "toa.refusals", "{connection}", "Connections that ToaOptions refuse, by trust and by fallback reason.");

    // Boxed and converted to snake case once, not for each count.
    private static readonly KeyValuePair<string, object?>[] Sources = Tags<ToaSource>("toa.source");
    private static readonly KeyValuePair<string, object?>[] Trusts = Tags<ToaTrust>("toa.trust");
    private static readonly KeyValuePair<string, object?>[] Reasons = Tags<ToaFallbackReason>("toa.reason");

    /// <summary>Counts a lookup.</summary>
    /// <param name="resolution">The result of the lookup.</param>
    /// <param name="isServed">False if the options refuse the connection.</param>
    public static void Count(in ToaResolution resolution, bool isServed = true)
    {
        if (Resolutions is { Enabled: true })
            Resolutions.Add(1, Sources[(int)resolution.Client.Source], Trusts[(int)resolution.Trust]);
        if (Refusals is { Enabled: true } && !isServed)
            Refusals.Add(1, Trusts[(int)resolution.Trust], Reasons[(int)resolution.FallbackReason]);
        if (Fallbacks is { Enabled: true } && resolution.FallbackReason != ToaFallbackReason.None)
            Fallbacks.Add(1, Reasons[(int)resolution.FallbackReason]);
    }

    /// <summary>
    /// Creates a counter, which calls the listeners of new counters. If a listener throws, only this counter is lost: an
    /// exception from the static initializer would make this type, and with it every connection, fail for good.
    /// </summary>
    [SuppressMessage("Design", "CA1031", Justification = "It is the listener's.")]
    private static Counter<long>? Create(string name, string unit, string description)
    {
        try
        {
            return Meter.CreateCounter<long>(name, unit, description);
        }
        catch (Exception)
        {
            return null;
        }
    }

    private static KeyValuePair<string, object?>[] Tags<TEnum>(string name)
        where TEnum : struct, Enum =>
        Array.ConvertAll(Enum.GetNames<TEnum>(), value => new KeyValuePair<string, object?>(name, SnakeCase(value)));

    // Without the replacement, IPv6Option would become i_pv6_option.
    private static string SnakeCase(string name) =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(name.Replace("IPv", "Ipv", StringComparison.Ordinal));
}
