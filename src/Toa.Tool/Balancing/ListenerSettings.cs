using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Linq;
using System.Net;
using System.Net.Sockets;
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
        ["handshake-ack"] = OptionPlacement.HandshakeAck,
        ["first-data"] = OptionPlacement.FirstData,
        ["none"] = OptionPlacement.None,
    };

    private static readonly Dictionary<string, BackEndScheduling> Schedulings = new()
    {
        ["round-robin"] = BackEndScheduling.RoundRobin,
        ["least-connections"] = BackEndScheduling.LeastConnections,
        ["source-hash"] = BackEndScheduling.SourceHash,
    };

    private readonly Option<string> _placement = new("--placement")
    {
        HelpName = string.Join('|', Placements.Keys),
        Description = "The segments that carry the TOA option. ack: the ACK of the handshake and all segments until data is "
            + "acknowledged; syn: the SYN too; handshake-ack: the ACK of the handshake only; first-data: the first data only; none: no segment",
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

    private readonly Option<string> _scheduling = new("--scheduling")
    {
        HelpName = string.Join('|', Schedulings.Keys),
        Description = "How the server of a connection is selected: in turns; the one with the fewest open connections; by the "
            + "client's address. Weights count for each",
        DefaultValueFactory = _ => "round-robin",
    };

    private readonly Option<Action<FaultOptions>[]> _faults = new("--fault")
    {
        HelpName = FaultArgument.Form,
        Description = "Apply a fault; can be repeated. Percentages of packets: drop=5, duplicate=5, reorder=5. Times: latency=50ms, "
            + "jitter=20ms. bandwidth=10mbit. mtu=1400: larger packets vanish. reset-after=100k: of a connection's data. stall: no "
            + "packet passes. With to-servers: or to-clients: before the name, in one direction only. Percentages of TOA options: "
            + "forged-before=5 and forged-after=5 (before or after the balancer's own), truncated=5 (runs past the end of the header)",
        CustomParser = FaultArgument.ParseAll,
        DefaultValueFactory = _ => [],
    };

    private readonly Option<int?> _seed = new("--seed")
    {
        HelpName = "N",
        Description = "Select the same packets in every run",
    };

    public ListenerSettings()
    {
        _placement.AcceptOnlyFromAmong([.. Placements.Keys]);
        _scheduling.AcceptOnlyFromAmong([.. Schedulings.Keys]);
    }

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_placement, _formats, _networkId, _keepForged, _scheduling, _faults, _seed])
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
        listener.Scheduling = Schedulings[arguments.GetRequiredValue(_scheduling)];
        foreach (Action<FaultOptions> set in arguments.GetRequiredValue(_faults))
            set(listener.Faults);
    }

    private static string VendorNames => string.Join(", ", ToaOptionFormat.Vendors);

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
}
