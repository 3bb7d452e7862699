using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Toa.Tool.Capture;
using Toa.Tool.Capture.Connections;

namespace Toa.Tool.Commands;

/// <summary>An event of <c>toa decode --json</c>. Fields that an event does not have are null.</summary>
/// <param name="Event"><c>settings</c>, <c>connection</c> or <c>end</c>.</param>
/// <param name="Packet">The number of the first packet with an option of the connection.</param>
/// <param name="Time">When it was captured, in UTC.</param>
/// <param name="Client">The client: the one that the provider accepts, or else the first one that the options may name.</param>
/// <param name="Balancer">The source of the segments.</param>
/// <param name="Server">The destination of the segments.</param>
/// <param name="Options">The TOA options.</param>
/// <param name="HasMoreOptions">Whether there are more options than are listed.</param>
/// <param name="Verdict"><c>accepted</c>, or why the provider does not accept the client.</param>
/// <param name="Reason">The verdict in words.</param>
/// <param name="Settings">The settings of the provider.</param>
/// <param name="Summary">What the file had.</param>
internal sealed record DecodeEvent(
    string Event, long? Packet = null, string? Time = null, string? Client = null, string? Balancer = null, string? Server = null,
    IReadOnlyList<DecodedOption>? Options = null, bool? HasMoreOptions = null, string? Verdict = null, string? Reason = null,
    DecodeSettings? Settings = null, DecodeSummary? Summary = null)
{
    public static DecodeEvent Of(CapturedConnection connection, Verdict verdict)
    {
        CapturedOption first = connection.Options.MinBy(option => option.Packet)!;
        DecodedOption[] options = [.. connection.Options.Select(DecodedOption.Of)];
        return new DecodeEvent(
            "connection", first.Packet, first.Time?.ToString("O", CultureInfo.InvariantCulture),
            verdict.Client?.ToString() ?? options.SelectMany(option => option.Clients).FirstOrDefault(),
            connection.Balancer.ToString(), connection.Server.ToString(), options, connection.HasMoreOptions, verdict.Code,
            verdict.Words.ToString());
    }
}

/// <summary>A TOA option, or another one that TCP itself does not use.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Length">Its length byte.</param>
/// <param name="Bytes">The whole option in hexadecimal.</param>
/// <param name="Packet">The number of the first packet that carried it.</param>
/// <param name="Segments">The segments that carried it: syn, handshake, ack, data, fin.</param>
/// <param name="Readings">What it says, for each format that it may have; empty for an unknown format.</param>
internal sealed record DecodedOption(
    int Kind, int Length, string Bytes, long Packet, IReadOnlyList<string> Segments, IReadOnlyList<DecodedReading> Readings)
{
    /// <summary>The name of its format, for users. Two with a bar if the setting does not decide between them.</summary>
    internal string FormatNames => Readings.Count == 0 ? "-" : string.Join('|', Readings.Select(reading => reading.Format));

    internal IEnumerable<string> Clients => Readings.Select(reading => reading.Client).OfType<string>();

    public static DecodedOption Of(CapturedOption option) => new(
        option.Option.Kind, option.Option.Length, option.Option.Bytes, option.Packet, [.. PlaceNames.Of(option.Places)],
        [.. option.Option.Readings.Select(DecodedReading.Of)]);
}

/// <summary>An option in one format.</summary>
internal sealed record DecodedReading(
    string Format, IReadOnlyList<string> Vendors, string? Client, string? Virtual, uint? NetworkId)
{
    public static DecodedReading Of(OptionReading reading) => new(
        reading.Format.Name, reading.Vendors, reading.Client?.ToString(), reading.Virtual?.ToString(),
        reading.Format.NetworkId == 0 ? null : reading.NetworkId);
}

/// <summary>The settings of the provider, each with its source: option, module, ebpf or default.</summary>
internal sealed record DecodeSettings(
    string Formats, string FormatsFrom, string Trusted, string TrustedFrom, bool Syn, string SynFrom);

/// <summary>What the file had.</summary>
/// <param name="Packets">All packets.</param>
/// <param name="Segments">TCP segments to the selected ports.</param>
/// <param name="Syns">Requests to open a connection.</param>
/// <param name="Malformed">Segments with a malformed list of options.</param>
/// <param name="Connections">Connections that were shown.</param>
/// <param name="Warnings">What the file lacks.</param>
internal sealed record DecodeSummary(
    long Packets, long Segments, long Syns, long Malformed, long Connections, IReadOnlyList<string> Warnings);
