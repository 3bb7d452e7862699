using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Linq;
using System.Net.Sockets;
using System.Text.Json;
using Toa.LoadBalancing;
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

    private readonly Option<ToaOptionFormat?> _ipv4Option =
        Format("--ipv4-option", ToaOptionFormat.HybridCloud, "IPv4");

    private readonly Option<ToaOptionFormat?> _ipv6Option =
        Format("--ipv6-option", ToaOptionFormat.Nat64, "IPv6");

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
        foreach (Option option in (Option[])[_placement, _ipv4Option, _ipv6Option, _keepForged, _faults, _seed])
            command.Options.Add(option);
    }

    public void Apply(ParseResult arguments, ListenerOptions listener)
    {
        bool isIPv4 = listener.VirtualAddress.AddressFamily == AddressFamily.InterNetwork;
        listener.Placement = Placements[arguments.GetRequiredValue(_placement)];
        listener.Option = arguments.GetValue(isIPv4 ? _ipv4Option : _ipv6Option);
        listener.KeepForgedOptions = arguments.GetValue(_keepForged);
        listener.Faults.Seed = arguments.GetValue(_seed);
        foreach ((string name, double share) in arguments.GetRequiredValue(_faults))
            Faults[name](listener.Faults, share);
    }

    private static string NameOf(FaultKind kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());

    private static Option<ToaOptionFormat?> Format(string name, ToaOptionFormat usual, string family) => new(name)
    {
        HelpName = "KIND/LENGTH",
        Description = $"The format of the TOA option for {family} clients (default: {usual}). Other vendors use for example "
            + $"254/{usual.Length}",
        CustomParser = values =>
        {
            try
            {
                return ToaOptionFormat.Parse(values.Tokens[0].Value);
            }
            catch (FormatException e)
            {
                values.Refuse($"{e.Message}");
                return null;
            }
        },
    };

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
