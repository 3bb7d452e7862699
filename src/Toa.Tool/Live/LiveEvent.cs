using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Toa.Diagnostics;
using Toa.Tool.Capture.Connections;
using Toa.Tool.Commands;

namespace Toa.Tool.Live;

/// <summary>An event of <c>toa watch</c>. Fields that an event does not have are null.</summary>
/// <param name="Event"><c>connection</c>, <c>message</c> or <c>state</c>.</param>
/// <param name="Time">The time.</param>
/// <param name="Connection">A new connection with TOA options.</param>
/// <param name="Message">What has changed, in words.</param>
/// <param name="State">The provider, its counters and the capture, once for each interval.</param>
internal sealed record LiveEvent(
    string Event, DateTimeOffset Time, LiveConnection? Connection = null, string? Message = null, LiveState? State = null);

/// <summary>A new connection.</summary>
/// <param name="Client">The client that the provider accepts, or else the first one that the options may name.</param>
/// <param name="Balancer">The source of the segments.</param>
/// <param name="Server">The destination of the segments.</param>
/// <param name="Options">The TOA options, up to the end of the handshake. Those of the segment that completes it come first.</param>
/// <param name="Verdict"><c>accepted</c>, or why the provider does not accept the client.</param>
/// <param name="Reason">The verdict in words.</param>
internal sealed record LiveConnection(
    string? Client, string Balancer, string Server, IReadOnlyList<LiveOption> Options, string Verdict, string Reason)
{
    public static LiveConnection Of(CapturedConnection connection, Verdict verdict)
    {
        DecodeEvent found = DecodeEvent.Of(connection, verdict);
        return new LiveConnection(
            found.Client, found.Balancer!, found.Server!, [.. found.Options!.Select(LiveOption.Of)], found.Verdict!, found.Reason!);
    }

    /// <summary>The values of the columns client, balancer, server, kind/length, format and accepted.</summary>
    public IReadOnlyList<string> Cells =>
    [
        Client ?? "-", Balancer, Server, string.Join(',', Options.Select(option => $"{option.Kind}/{option.Length}")),
        string.Join(',', Options.Select(option => option.Format ?? "-")), Reason,
    ];
}

/// <summary>A TOA option.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Length">Its length byte.</param>
/// <param name="Format">The name of its format; two with a bar if the settings do not decide between them; null if it is unknown.</param>
/// <param name="Segments">The segments that carried it: syn, handshake.</param>
internal sealed record LiveOption(int Kind, int Length, string? Format, IReadOnlyList<string> Segments)
{
    public static LiveOption Of(DecodedOption option) => new(
        option.Kind, option.Length, option.Readings.Count == 0 ? null : option.FormatNames, option.Segments);
}

/// <summary>The state at one moment.</summary>
/// <param name="Provider">The kind of the provider; null if none is loaded.</param>
/// <param name="Settings">Its settings by name; empty if they are not known.</param>
/// <param name="Counters">Its counters; null if they cannot be read.</param>
/// <param name="CountersProblem">Why they cannot be read.</param>
/// <param name="Held">The client addresses of open connections, by family.</param>
/// <param name="Connections">The new connections with TOA options; null if packets cannot be captured.</param>
/// <param name="CaptureProblem">Why packets are not captured.</param>
/// <param name="Table">If packets are not captured: connections that hold an address, the first ones of the provider's table.</param>
/// <param name="NotPrinted">Events since the start that were left out, because the reader of the output was too slow.</param>
internal sealed record LiveState(
    string? Provider, IReadOnlyDictionary<string, string> Settings, IReadOnlyList<LiveRate>? Counters, string? CountersProblem,
    IReadOnlyDictionary<string, ulong> Held, LiveCount? Connections, string? CaptureProblem, IReadOnlyList<ConnectionDocument>? Table,
    long NotPrinted);

/// <summary>New connections with TOA options in one interval.</summary>
/// <param name="PerSecond">Their number in a second. It is an estimate if only a part is looked at.</param>
/// <param name="ShownPerSecond">The number of events <c>connection</c> in a second.</param>
/// <param name="Share">The part of all source ports that is looked at; 1 for all.</param>
internal sealed record LiveCount(double PerSecond, double ShownPerSecond, double Share)
{
    /// <summary>The part in percent.</summary>
    public string Percent => (Share * 100).ToString("0.###", CultureInfo.InvariantCulture);
}

/// <summary>A counter.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Total">Its sum over the processors.</param>
/// <param name="PerSecond">Its change in a second; null in the first state, and after the provider was loaded again.</param>
internal sealed record LiveRate(string Name, ulong Total, double? PerSecond)
{
    public static IReadOnlyList<LiveRate> Of(ToaStatistics now, ToaStatistics? before, TimeSpan elapsed) =>
        [.. now.Counters.Select(counter => new LiveRate(counter.Name, counter.Total, RateOf(counter, before?[counter.Name], elapsed)))];

    /// <summary>Whether a user sees it in another place: as an address that is held.</summary>
    public bool IsOfHeld => Name.EndsWith("_alloc", StringComparison.Ordinal) || Name.EndsWith("_free", StringComparison.Ordinal);

    private static double? RateOf(ToaCounter now, ulong? before, TimeSpan elapsed) =>
        before is { } last && now.Total >= last && elapsed > TimeSpan.Zero
            ? Math.Round((now.Total - last) / elapsed.TotalSeconds, 1)
            : null;
}
