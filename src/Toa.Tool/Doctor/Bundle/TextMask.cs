using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Toa.Tool.Output;

namespace Toa.Tool.Doctor.Bundle;

/// <summary>Replaces addresses, and the names of this machine, wherever they are in a text.</summary>
/// <param name="addresses">The replacements of addresses.</param>
/// <param name="names">The names.</param>
/// <param name="bytes">Captured options in hexadecimal, and their replacements.</param>
internal sealed partial class TextMask(AddressMask addresses, HostNames names, IReadOnlyDictionary<string, string> bytes)
{
    // Long ones first: a short one can be a part of a long one.
    private readonly KeyValuePair<string, string>[] _bytes = [.. bytes.OrderByDescending(option => option.Key.Length)];

    private const string HiddenHardwareAddress = "xx:xx:xx:xx:xx:xx";

    private const int MostAddressLength = 45, FewestIPv6Colons = 2, IPv4Dots = 3, EUI64Groups = 8;

    public string Mask(string text)
    {
        foreach ((string real, string masked) in _bytes)
            text = text.Replace(real, masked, StringComparison.Ordinal);
        // An IPv6 address can have groups of two digits too, but it has eight.
        text = HardwareAddress().Replace(
            text, found => found.Value.Count(character => character == ':') == EUI64Groups - 1 ? found.Value : HiddenHardwareAddress);
        text = AddressAndPortOfTcpdump().Replace(text, found => MaskDotted(found.Value, ""));
        // Names come last: one such as "cafe" can also be a part of an address.
        return names.Mask(Candidate().Replace(text, MaskCandidate));
    }

    /// <summary>Replaces them in the strings of a JSON document. The names of its fields stay.</summary>
    public string MaskJson(string document)
    {
        JsonNode? root = JsonNode.Parse(document);
        MaskStrings(root);
        return root?.ToJsonString(ToolJson.Plain.Options) ?? "";
    }

    private void MaskStrings(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (string name in members.Select(member => member.Key).ToArray())
                    Visit(members[name], masked => members[name] = masked);
                break;
            case JsonArray items:
                for (int i = 0; i < items.Count; i++)
                {
                    int at = i;
                    Visit(items[at], masked => items[at] = masked);
                }

                break;
        }
    }

    private void Visit(JsonNode? node, Action<JsonNode> replace)
    {
        if (node is JsonValue value && value.GetValueKind() == JsonValueKind.String)
            replace(JsonValue.Create(Mask(value.GetValue<string>())));
        else
            MaskStrings(node);
    }

    // A run of characters that addresses have, perhaps with a port, and perhaps the length of a network.
    private string MaskCandidate(Match match)
    {
        string run = match.Groups["run"].Value;
        Group suffix = match.Groups["length"];
        if (run.Count(character => character == ':') < FewestIPv6Colons && run.Count(character => character == '.') < IPv4Dots)
            return match.Value;

        StringBuilder masked = new();
        int at = 0;
        while (at < run.Length)
        {
            int length = IPv6LengthAt(run, at);
            if (length > 0)
            {
                bool isEnd = at + length == run.Length;
                masked.Append(MaskAddress(run.Substring(at, length), isEnd ? suffix.Value : ""));
                at += length;
                continue;
            }

            int next = at + 1;
            while (next < run.Length && IPv6LengthAt(run, next) == 0)
                next++;
            string rest = run[at..next];
            masked.Append(Dotted().Replace(
                rest, found => MaskDotted(found.Value, next == run.Length && found.Index + found.Length == rest.Length ? suffix.Value : "")));
            at = next;
        }

        return masked + (suffix.Success ? "/" + suffix.Value : "");
    }

    /// <summary>The length of the IPv6 address that begins here; 0 if no address begins here.</summary>
    private static int IPv6LengthAt(string run, int at)
    {
        if (at > 0 && char.IsAsciiHexDigit(run[at - 1]))
            return 0;
        for (int length = Math.Min(MostAddressLength, run.Length - at); length >= FewestIPv6Colons; length--)
        {
            int end = at + length;
            ReadOnlySpan<char> text = run.AsSpan(at, length);
            if ((end == run.Length || !char.IsAsciiHexDigit(run[end])) && text.Count(':') >= FewestIPv6Colons
                && IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetworkV6)
                return length;
        }

        return 0;
    }

    private string MaskDotted(string text, string suffix)
    {
        string[] groups = text.Split('.');
        // Others are versions.
        if (groups.Length != IPv4Dots + 1 || groups.Any(group => group.Length > 3))
            return text;
        // Not an address: its mistake stays to be seen.
        if (groups.Any(IsWrong))
            return string.Join('.', groups.Select(group => IsWrong(group) ? group : "x"));
        return MaskAddress(text, suffix);
    }

    private static bool IsWrong(string group) =>
        (group.Length > 1 && group[0] == '0') || int.Parse(group, CultureInfo.InvariantCulture) > byte.MaxValue;

    private string MaskAddress(string text, string suffix)
    {
        IPAddress address = IPAddress.Parse(text);
        int bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        IPAddress masked = int.TryParse(suffix, CultureInfo.InvariantCulture, out int length) && length <= bits
            ? addresses.MaskNetwork(address, length)
            : addresses.Mask(address);
        // Such as "0::" in /proc/self/cgroup, which is not an address at all.
        return masked.Equals(address) ? text : masked.ToString();
    }

    [GeneratedRegex("(?<run>[0-9A-Fa-f:.]{2,})(?:/(?<length>[0-9]{1,3})(?![0-9]))?")]
    private static partial Regex Candidate();

    // 192.0.2.10.443 > 192.0.2.11.40000: without the arrow, it is a version.
    [GeneratedRegex(@"(?<![0-9.])[0-9]{1,3}(\.[0-9]{1,3}){3}(?=\.[0-9]{1,5} >)|(?<=\.[0-9]{1,5} > )[0-9]{1,3}(\.[0-9]{1,3}){3}(?=\.[0-9]{1,5}(?![0-9.]))")]
    private static partial Regex AddressAndPortOfTcpdump();

    // 52:54:00:12:34:56, 52-54-00-12-34-56 or 5254.0012.3456, but no part of an IPv6 address.
    [GeneratedRegex(
        @"(?<![0-9A-Fa-f]|[0-9A-Fa-f]:|::)[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5,}(?![0-9A-Fa-f]|::|:[0-9A-Fa-f])"
        + @"|(?<![\w.])([0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}(?![\w.])")]
    private static partial Regex HardwareAddress();

    [GeneratedRegex(@"(?<![0-9])[0-9]+(\.[0-9]+)*")]
    private static partial Regex Dotted();
}
