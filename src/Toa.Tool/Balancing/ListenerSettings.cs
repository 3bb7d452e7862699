using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Toa.LoadBalancing;
using Toa.LoadBalancing.Options;
using Toa.Tool.Language;

namespace Toa.Tool.Balancing;

/// <summary>
/// Command-line options that apply to all listeners: placement and format of the TOA option, and faults.
/// </summary>
internal sealed class ListenerSettings
{
    private static readonly Dictionary<string, OptionPlacement> Placements = new()
    {
        ["ack"] = OptionPlacement.UntilAcknowledged,
        ["syn"] = OptionPlacement.SynAndUntilAcknowledged,
        ["first-data"] = OptionPlacement.FirstData,
        ["none"] = OptionPlacement.None,
    };

    private static readonly Dictionary<string, Action<FaultOptions, double>> Faults =
        new()
        {
            [NameOf(FaultKind.Drop)] = (faults, share) => faults.Drop = share,
            [NameOf(FaultKind.Duplicate)] = (faults, share) => faults.Duplicate = share,
            [NameOf(FaultKind.Reorder)] = (faults, share) => faults.Reorder = share,
            [NameOf(FaultKind.ForgedBefore)] = (faults, share) => faults.ForgedBefore = share,
            [NameOf(FaultKind.ForgedAfter)] = (faults, share) => faults.ForgedAfter = share,
            [NameOf(FaultKind.Truncated)] = (faults, share) => faults.Truncated = share,
        };

    private readonly Option<string> _placement = new("--placement")
    {
        HelpName = string.Join('|', Placements.Keys),
        Description = "The segments that carry the TOA option. ack: the ACK of the handshake and all segments until data is "
            + "acknowledged; syn: the SYN too; first-data: the first data only; none: no segment",
        DefaultValueFactory = _ => "ack",
    };

    private readonly Option<ToaOptionFormat[]> _formats = new("--format")
    {
        HelpName = "FORMAT",
        Description = $"The format of the TOA option (default: {ToaOptionFormat.Tencent}): {VendorNames}, or KIND/LENGTH for "
            + "the client's port and address, for example 254/20. Can be repeated: each listener uses the first one that can "
            + "hold its clients",
        CustomParser = values => [.. values.Tokens.Select(token => ParseFormat(token.Value, values)).OfType<ToaOptionFormat>()],
    };

    private readonly Option<uint> _networkId = new("--network-id")
    {
        HelpName = "N",
        Description = "The VPC id in the TOA option, for the formats tencent-vpc, alibaba-vpc and alibaba-ddos (default: 0)",
    };

    private readonly Option<bool> _keepForged = new("--keep-forged")
    {
        Description = "Forward TOA options that clients wrote themselves, to test how servers handle them",
    };

    private readonly Option<KeyValuePair<string, double>[]> _faults = new("--fault")
    {
        HelpName = "NAME=PERCENT",
        Description = $"Apply a fault to this percentage of packets: {string.Join(", ", Faults.Keys)}; can be repeated. "
            + "A forged option is before or after the balancer's own. A truncated option runs past the end of the header",
        CustomParser = values => [.. values.Tokens.Select(token => ParseFault(token.Value, values))],
        DefaultValueFactory = _ => [],
    };

    private readonly Option<int?> _seed = new("--seed")
    {
        HelpName = "N",
        Description = "Select the same packets in every run",
    };

    public ListenerSettings() => _placement.AcceptOnlyFromAmong([.. Placements.Keys]);

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_placement, _formats, _networkId, _keepForged, _faults, _seed])
            command.Options.Add(option);
    }

    /// <exception cref="ToolException">The listener's clients do not fit into the format; the message says what does.</exception>
    public void Apply(ParseResult arguments, ListenerOptions listener)
    {
        listener.Placement = Placements[arguments.GetRequiredValue(_placement)];
        if (arguments.GetValue(_formats) is [_, ..] formats)
            listener.Format = Select(formats, listener.VirtualAddress);
        listener.NetworkId = arguments.GetValue(_networkId);
        RequireRoom(listener);
        listener.KeepForgedOptions = arguments.GetValue(_keepForged);
        listener.Faults.Seed = arguments.GetValue(_seed);
        foreach ((string name, double share) in arguments.GetRequiredValue(_faults))
            Faults[name](listener.Faults, share);
    }

    private static string VendorNames => string.Join(", ", ToaOptionFormat.Vendors);

    private static string NameOf(FaultKind kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());

    // All formats can hold IPv4 clients.
    private static ToaOptionFormat Select(ToaOptionFormat[] formats, IPEndPoint virtualAddress) =>
        formats.FirstOrDefault(format => format.For(virtualAddress.AddressFamily) is not null)
        ?? throw Wrong(
            $"{string.Join<ToaOptionFormat>(", ", formats)} cannot hold the IPv6 clients of {virtualAddress}: add a second "
            + $"--format for IPv6, for example --format {ToaOptionFormat.Tencent}.");

    private static void RequireRoom(ListenerOptions listener)
    {
        int bits = listener.Format.For(listener.VirtualAddress.AddressFamily)!.NetworkIdBits;
        ulong most = (1UL << bits) - 1;
        if (listener.NetworkId > most)
            throw Wrong(
                $"--network-id: {listener.NetworkId} does not fit into the {bits} bits of {listener.Format}. Use 0 to {most}.");
    }

    private static ToolException Wrong(Message problem) =>
        new($"{problem} See toa lb --help.") { ExitCode = ExitCode.WrongCommandLine };

    private static ToaOptionFormat? ParseFormat(string text, ArgumentResult values)
    {
        ToaOptionFormat? format = ToaOptionFormat.TryParse(text);
        if ((format is null ? Unknown(text) : ProblemOf(format)) is { } problem)
            values.Refuse(problem);
        return format;
    }

    private static Message Unknown(string text) => text.Contains(',', StringComparison.Ordinal)
        ? (Message)$"'{text}' is a list: repeat --format, once for each format."
        : $"Unknown format '{text}'. Use KIND/LENGTH, for example 254/20, or one of: {VendorNames}.";

    private static Message? ProblemOf(ToaOptionFormat format)
    {
        ToaOption option = format.Recognized[0];
        if (TcpOptionKind.IsTaken(option.Kind))
            return $"'{format}': kind {option.Kind} belongs to TCP: use 200, 253 or 254.";
        return format.ProblemFor(AddressFamily.InterNetwork) is null
            ? null
            : (Message)$"'{format}': the length must be 8 to 40, but is {option.Length}.";
    }

    private static KeyValuePair<string, double> ParseFault(string text, ArgumentResult values)
    {
        string[] parts = text.Split('=');
        if (!Faults.ContainsKey(parts[0]))
            values.Refuse($"Unknown fault '{parts[0]}'. Valid faults: {string.Join(", ", Faults.Keys)}.");
        else if (parts.Length == 2
            && double.TryParse(parts[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double share)
            && share <= 100)
            return new(parts[0], share);
        else
            values.Refuse($"'{text}' has no valid percentage. Use {parts[0]}=5 for 5 % of the packets.");
        return new(parts[0], 0);
    }
}
