using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Toa.Tool.Firewall;

/// <summary>Reads the output of iptables-save and ip6tables-save.</summary>
internal sealed partial class IptablesReader
{
    private const string Nat = "nat";

    private static readonly Dictionary<string, FirewallHook> s_hooks = new()
    {
        ["PREROUTING"] = FirewallHook.Prerouting,
        ["INPUT"] = FirewallHook.Input,
        ["FORWARD"] = FirewallHook.Forward,
        ["POSTROUTING"] = FirewallHook.Postrouting,
    };

    // linux/netfilter_ipv4.h: NF_IP_PRI_*.
    private static readonly Dictionary<string, int> s_priorities = new()
    {
        ["raw"] = -300,
        ["mangle"] = -150,
        [Nat] = FirewallChain.Translation,
        ["filter"] = 0,
        ["security"] = 50,
    };

    // Ports below it are rarely those of clients.
    private const int FirstFreePort = 1024;

    private static readonly string[] s_otherHeaders =
        ["ah", "dccp", "dst", "esp", "frag", "hbh", "icmp", "icmp6", "ipcomp", "l2tp", "mh", "rt", "sctp", "srh", "udp"];

    // Targets after which the next rule follows, and which change nothing that other rules match.
    private static readonly string[] s_harmless =
    [
        "AUDIT", "CHECKSUM", "CLASSIFY", "CONNSECMARK", "CT", "DSCP", "ECN", "HL", "IDLETIMER", "LED", "LOG", "NFLOG", "RATEEST",
        "SECMARK", "SET", "TCPMSS", "TEE", "TOS", "TRACE", "TTL", "ULOG",
    ];

    private readonly bool _isIPv6;
    private readonly string _program;
    private readonly HashSet<int> _ports;
    private readonly Dictionary<string, FirewallTable> _tables = [];

    private IptablesReader(bool isIPv6, string program, HashSet<int> ports) =>
        (_isIPv6, _program, _ports) = (isIPv6, program, ports);

    /// <param name="output">The output.</param>
    /// <param name="isIPv6">Whether it is that of ip6tables-save.</param>
    /// <param name="program">The program that changes these rules, for example iptables-legacy.</param>
    /// <param name="ports">Gets the destination ports that the rules name.</param>
    public static IReadOnlyList<FirewallTable> Read(string output, bool isIPv6, string program, HashSet<int> ports)
    {
        IptablesReader reader = new(isIPv6, program, ports);
        FirewallTable? table = null;
        foreach (string line in Lines(output))
        {
            if (line.StartsWith('*'))
                table = reader.Table(line[1..]);
            else if (table is not null && line.StartsWith(':'))
                AddChain(table, line[1..].Split(' '));
            // With -c, the counters of the rule are in front.
            else if (table is not null && line.IndexOf("-A ", StringComparison.Ordinal) is >= 0 and int at && (at == 0 || line[0] == '['))
                reader.AddRule(table, line[at..]);
        }

        return [.. reader._tables.Values];
    }

    // A comment can have line breaks, and such a line can look like a rule.
    private static IEnumerable<string> Lines(string output)
    {
        string rule = "";
        foreach (string line in output.Split('\n'))
        {
            rule = rule.Length > 0 ? $"{rule}\n{line}" : line.Trim();
            if (HasOpenQuotation(rule))
                continue;
            yield return rule.TrimEnd();
            rule = "";
        }

        yield return rule;
    }

    private static bool HasOpenQuotation(string rule)
    {
        if (!rule.StartsWith('-') && !rule.StartsWith('['))
            return false;
        bool isOpen = false;
        for (int i = 1; i < rule.Length; i++)
        {
            if (rule[i] == '\\')
                i++;
            // The name of a chain can contain quotation marks.
            else if (rule[i] == '"' && (isOpen || rule[i - 1] == ' '))
                isOpen = !isOpen;
        }

        return isOpen;
    }

    /// <summary>The words of a rule. A word with spaces is in quotation marks.</summary>
    internal static IReadOnlyList<string> Words(string rule)
    {
        List<string> words = [];
        StringBuilder word = new();
        bool isQuoted = false, hasWord = false;
        for (int i = 0; i < rule.Length; i++)
        {
            char c = rule[i];
            if (c == '\\' && i + 1 < rule.Length)
                word.Append(rule[++i]);
            else if (c == '"')
                (isQuoted, hasWord) = (!isQuoted, true);
            else if (c == ' ' && !isQuoted)
            {
                if (hasWord || word.Length > 0)
                    words.Add(word.ToString());
                word.Clear();
                hasWord = false;
            }
            else
                word.Append(c);
        }

        if (hasWord || word.Length > 0)
            words.Add(word.ToString());
        return words;
    }

    private static void AddChain(FirewallTable table, string[] words) => table.Chains[words[0]] = new FirewallChain(table, words[0])
    {
        Hook = words is [_, not "-", ..] && s_hooks.TryGetValue(words[0], out FirewallHook hook) ? hook : null,
        Priority = s_priorities.GetValueOrDefault(table.Name),
        IsNat = table.Name == Nat,
        DropsByDefault = words is [_, "DROP", ..],
    };

    private static uint? Number(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal)
            ? uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint hex) ? hex : null
            : uint.TryParse(text, CultureInfo.InvariantCulture, out uint number) ? number : null;

    private static (uint Value, uint Mask)? Masked(string text) => text.Split('/') switch
    {
        [var value] when Number(value) is { } number => (number, uint.MaxValue),
        [var value, var mask] when Number(value) is { } number && Number(mask) is { } bits => (number, bits),
        _ => null,
    };

    private static bool IsInterface(string pattern, string name) =>
        pattern.EndsWith('+') ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : name == pattern;

    // A node of Kubernetes has thousands of such rules: most networks are read once only.
    private static Func<IPAddress, bool?> Network(string text) => IPNetwork.TryParse(text, out IPNetwork network)
        ? address => address.AddressFamily == network.BaseAddress.AddressFamily && network.Contains(address)
        : address => AddressMatch.IsIn(address, text);

    private static bool? HasState(string[] states, SimulatedPacket packet)
    {
        // The source is translated after the first packet has passed all hooks but one.
        bool? isTranslated = states.Contains("dnat") && packet.Connection.Server is not null ? true
            : states.Contains("snat") && !packet.IsSyn ? null : false;
        return packet.State is not { } state ? null : states.Contains(state) ? true : packet.IsTracked == false ? false : isTranslated;
    }

    // 80,443,8000:8010
    private static (int First, int Last)[]? Ranges(string list)
    {
        List<(int First, int Last)> ranges = [];
        foreach (string part in list.Split(','))
        {
            string[] ends = part.Split(':');
            if (!int.TryParse(ends[0], out int first) || !int.TryParse(ends[^1], out int last))
                return null;
            ranges.Add((first, last));
        }

        return [.. ranges];
    }

    // FIN,SYN,RST,ACK SYN: of these flags, exactly SYN is set.
    private static bool? HasFlags(string mask, string flags, SimulatedPacket packet)
    {
        string own = packet.IsSyn ? "SYN" : "ACK";
        HashSet<string> asked = [.. mask.Split(',')], set = [.. flags.Split(',').Where(flag => flag != "NONE")];
        bool isAsked = asked.Contains(own) || asked.Contains("ALL");
        return isAsked ? set.SetEquals([own]) : set.Count == 0;
    }

    private FirewallTable Table(string name)
    {
        // Several outputs can have the same table.
        if (!_tables.TryGetValue(name, out FirewallTable? table))
            _tables.Add(name, table = new FirewallTable(name, !_isIPv6, _isIPv6));
        return table;
    }

    private void AddRule(FirewallTable table, string line)
    {
        List<string> words = [.. Words(line)];
        if (words.Count < 2 || !table.Chains.TryGetValue(words[1], out FirewallChain? chain))
            return;
        List<Func<SimulatedPacket, Verdict>> steps = [];
        string module = "";
        int target = words.FindLastIndex(word => word is "-j" or "-g") + 1;
        bool selects = target > 0 && target < words.Count && (words[target] == "DNAT" || table.Chains.ContainsKey(words[target]));
        int at = 2;
        while (at < words.Count)
        {
            bool isNegated = words[at] == "!";
            if (isNegated)
                at++;
            if (at >= words.Count)
                break;
            string option = words[at++];
            if (option == "--comment")
            {
                at++;
                continue;
            }

            if (option is "-j" or "-g" && at < words.Count)
            {
                steps.AddRange(Target(table, option == "-g", words[at], words[(at + 1)..]));
                break;
            }

            int first = at;
            // A text to search for can look like an option.
            if (option is "--string" or "--hex-string")
                at = Math.Min(at + 1, words.Count);
            while (at < words.Count && words[at] != "!" && !words[at].StartsWith('-'))
                at++;
            string[] values = [.. words[first..at]];
            if (option == "-m")
                module = values is [var name] ? name : "";
            Func<SimulatedPacket, bool?> match = Match(words, module, option, values, selects);
            steps.Add(packet => Verdict.Of(match(packet) ^ isNegated));
        }

        chain.Rules.Add(new FirewallRule($"{_program} -t {table.Name} {Comment().Replace(line, "")}", steps));
    }

    private Func<SimulatedPacket, bool?> Match(
        IReadOnlyList<string> words, string module, string option, string[] values, bool selects)
    {
        string value = values.Length > 0 ? values[0] : "";
        switch (option)
        {
            // Listeners on all addresses count only with --nowildcard.
            case "-m" when module == "socket":
                return packet => packet.Socket is (true, true) && !words.Contains("--nowildcard") ? false : packet.Socket.IsFound;
            case "--nowildcard" when module == "socket":
                return _ => true;
            case "--restore-skmark" when module == "socket":
                return packet =>
                {
                    packet.Mark = Bits.Unset;
                    return true;
                };
            // Headers that a segment of TCP from a balancer does not have.
            case "-m" when s_otherHeaders.Contains(module):
            case "-f":
                return _ => false;
            case "-m":
                return _ => true;
            // The balancer's packets arrive where this machine would answer them.
            case "--invert" when module == "rpfilter":
                return _ => false;
            case "--loose" or "--validmark" or "--accept-local" when module == "rpfilter":
                return _ => true;
            case "--pkt-type":
                return _ => value == "unicast";
            case "-p":
                return _ => value is "tcp" or "6" or "all";
            case "-s":
                Func<IPAddress, bool?> isSource = Network(value);
                return packet => isSource(packet.Source);
            case "-d":
                Func<IPAddress, bool?> isDestination = Network(value);
                return packet => isDestination(packet.Destination);
            case "-i":
                return packet => IsInterface(value, packet.InInterface);
            case "-o":
                return packet => packet.OutInterface is { } name ? IsInterface(value, name) : null;
            case "--dport" or "--dports" or "--destination-ports":
                if (Ranges(value) is not { } ranges)
                    return _ => null;
                _ports.UnionWith(ranges.Select(range => range.First).Where(port => port > 0));
                return packet => Array.Exists(ranges, range => packet.Port >= range.First && packet.Port <= range.Last);
            // The port of the balancer is not known.
            case "--ports":
                if (Ranges(value) is not { } either)
                    return _ => null;
                _ports.UnionWith(either.Select(range => range.First).Where(port => port > 0));
                return packet => Array.Exists(either, range => packet.Port >= range.First && packet.Port <= range.Last)
                    ? true : Array.Exists(either, range => range.Last >= FirstFreePort) ? null : false;
            case "--src-range" or "--dst-range" when value.Split('-') is [var low, var high]:
                return packet => AddressMatch.IsBetween(option == "--src-range" ? packet.Source : packet.Destination, low, high);
            case "--ctorigdst":
                Func<IPAddress, bool?> isOriginal = Network(value);
                return packet => packet.IsTracked == true ? isOriginal(packet.Connection.Address) : packet.IsTracked;
            case "--ctorigdstport" when Ranges(value) is { } originals:
                return packet => packet.IsTracked == true
                    ? Array.Exists(originals, range => packet.Connection.Port >= range.First && packet.Connection.Port <= range.Last) : packet.IsTracked;
            case "--ctproto":
                return packet => packet.IsTracked == true ? value is "tcp" or "6" : packet.IsTracked;
            case "--ctdir":
                return packet => packet.IsTracked == true ? value == "ORIGINAL" : packet.IsTracked;
            case "--tcp-flags" when values.Length == 2:
                return packet => HasFlags(values[0], values[1], packet);
            case "--ctstate" or "--state":
                string[] states = value.ToLowerInvariant().Split(',');
                return packet => HasState(states, packet);
            case "--mark" when module == "mark":
                return packet => Masked(value) is var (mark, mask) ? packet.Mark.And(mask).Is(mark) : null;
            case "--mark" when module == "connmark":
                return packet => packet.IsTracked != true ? packet.IsTracked
                    : Masked(value) is var (mark, mask) ? packet.Connection.Mark.And(mask).Is(mark) : null;
            case "--dst-type":
                return packet => value.Split(',').Contains(packet.IsForThisMachine ? "LOCAL" : "UNICAST");
            case "--src-type":
                return _ => value.Split(',').Contains("UNICAST");
            // One of several servers is selected: each of them has the same rules.
            case "--mode" or "--probability" or "--every" or "--packet" when selects:
                return _ => true;
            default:
                return _ => null;
        }
    }

    private static IEnumerable<Func<SimulatedPacket, Verdict>> Target(
        FirewallTable table, bool isGoto, string target, IReadOnlyList<string> options)
    {
        // The chains are declared before the rules.
        if (table.Chains.ContainsKey(target))
        {
            Verdict jump = new(isGoto ? VerdictKind.Goto : VerdictKind.Jump, target);
            return [_ => jump];
        }

        Verdict verdict = target switch
        {
            "ACCEPT" => Verdict.Accept,
            "DROP" or "REJECT" or "TARPIT" => Verdict.Drop,
            "RETURN" => Verdict.Return,
            "MASQUERADE" => Verdict.Masquerade,
            "SNAT" => Translated(VerdictKind.ChangeSource, After(options, "--to-source")),
            "DNAT" => Translated(VerdictKind.ChangeDestination, After(options, "--to-destination")),
            "REDIRECT" => new Verdict(VerdictKind.Redirect, Port: FirstPort(After(options, "--to-ports"))),
            "SYNPROXY" => Verdict.SynProxy,
            "TCPOPTSTRIP" => new Verdict(VerdictKind.StripOption, After(options, "--strip-options")),
            _ => s_harmless.Contains(target) ? Verdict.Matches : Verdict.Unknown,
        };
        (uint Value, uint Mask)? mark = Masked(After(options, target == "TPROXY" ? "--tproxy-mark" : "--set-xmark"));
        switch (target)
        {
            // A program decides.
            case "NFQUEUE" or "QUEUE":
                return [_ => Verdict.Unknown, _ => Verdict.Accept];
            case "TPROXY":
                verdict = new Verdict(VerdictKind.TransparentProxy, Port: FirstPort(After(options, "--on-port")));
                return [_ => verdict, packet => Marked(packet, mark), _ => Verdict.Accept];
            case "MARK":
                return [packet => Marked(packet, mark ?? (0, 0), isKnown: mark is not null)];
            case "HMARK":
                return [packet => Marked(packet, null, isKnown: false)];
            case "CONNMARK":
                return [packet => MarkConnection(packet, mark, options)];
            case "NETMAP":
                return [packet => Mapped(packet, After(options, "--to"))];
            case "CT" or "NOTRACK" when target == "NOTRACK" || options.Contains("--notrack"):
                return
                [
                    packet =>
                    {
                        packet.IsUntracked = true;
                        return Verdict.Matches;
                    },
                ];
            default:
                return [_ => verdict];
        }
    }

    private static Verdict Marked(SimulatedPacket packet, (uint Value, uint Mask)? mark, bool isKnown = true)
    {
        packet.Mark = !isKnown ? Bits.Unset : mark is var (value, mask) ? packet.Mark.And(~mask).Xor(new Bits(value)) : packet.Mark;
        return Verdict.Matches;
    }

    private static Verdict MarkConnection(SimulatedPacket packet, (uint Value, uint Mask)? mark, IReadOnlyList<string> options)
    {
        if (packet.IsTracked != true)
            return packet.IsTracked == false ? Verdict.Matches : Verdict.Unknown;
        uint MaskOf(string name) => Number(After(options, name)) ?? uint.MaxValue;
        uint packetMask = MaskOf("--nfmask"), connectionMask = MaskOf("--ctmask");
        if (options.Contains("--restore-mark"))
            packet.Mark = packet.Mark.And(~packetMask).Xor(packet.Connection.Mark.And(connectionMask));
        else if (options.Contains("--save-mark"))
            packet.Connection.Mark = packet.Connection.Mark.And(~connectionMask).Xor(packet.Mark.And(packetMask));
        else
            packet.Connection.Mark = mark is var (value, mask) ? packet.Connection.Mark.And(~mask).Xor(new Bits(value)) : Bits.Unset;
        return Verdict.Matches;
    }

    // NETMAP: the network part of the address is replaced.
    private static Verdict Mapped(SimulatedPacket packet, string network)
    {
        bool isDestination = packet.Hook == FirewallHook.Prerouting;
        if (!IPNetwork.TryParse(network.Contains('/') ? network : $"{network}/{(packet.IsIPv6 ? 128 : 32)}", out IPNetwork to)
            || to.BaseAddress.AddressFamily != packet.Source.AddressFamily)
            return Verdict.Lost;
        byte[] bytes = (isDestination ? packet.Destination : packet.Source).GetAddressBytes(), first = to.BaseAddress.GetAddressBytes();
        for (int i = 0; i < bytes.Length; i++)
        {
            int own = Math.Clamp(((i + 1) * 8) - to.PrefixLength, 0, 8), mask = (1 << own) - 1;
            bytes[i] = (byte)((bytes[i] & mask) | first[i]);
        }

        return new Verdict(isDestination ? VerdictKind.ChangeDestination : VerdictKind.ChangeSource, Address: new IPAddress(bytes));
    }

    private static string After(IReadOnlyList<string> options, string name)
    {
        for (int i = 0; i + 1 < options.Count; i++)
        {
            if (options[i] == name)
                return options[i + 1];
        }

        return "";
    }

    private static int? FirstPort(string ports) => int.TryParse(ports.Split('-')[0], out int port) && port > 0 ? port : null;

    private static Verdict Translated(VerdictKind kind, string end)
    {
        (IPAddress? address, int? port) = End(end);
        return address is null && port is null ? Verdict.Lost : new Verdict(kind, Address: address, Port: port);
    }

    // 10.1.2.3, :80, 10.1.2.3:80, 10.1.2.3-10.1.2.9:80-90, [2001:db8::1]:80.
    private static (IPAddress? Address, int? Port) End(string text)
    {
        string first = text.Split('-')[0], address = first;
        string? port = null;
        if (first.StartsWith('['))
        {
            int end = text.IndexOf(']', StringComparison.Ordinal);
            if (end < 0)
                return (null, null);
            address = text[1..end].Split('-')[0];
            port = text[(end + 1)..].TrimStart(':');
        }
        else if (!text.Contains("::", StringComparison.Ordinal) && text.Split(':') is [var before, var after])
            (address, port) = (before.Split('-')[0], after);
        return (IPAddress.TryParse(address, out IPAddress? parsed) ? parsed : null, port is null ? null : FirstPort(port));
    }

    // A bug report quotes the rule, and a comment can name people and customers.
    [GeneratedRegex(@" -m comment --comment (""(\\.|[^""\\])*""|\S+)")]
    private static partial Regex Comment();
}
