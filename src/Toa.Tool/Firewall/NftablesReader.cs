using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Text.Json;

namespace Toa.Tool.Firewall;

/// <summary>Reads the output of <c>nft -j list ruleset</c>: libnftables-json(5).</summary>
internal sealed class NftablesReader
{
    // Results of expressions that have no value: the rule does not match if a packet does not have what they read.
    private static readonly object s_unknown = new(), s_absent = new();

    private static readonly JsonElement s_empty = JsonElement.Parse("[]");

    // The bits of TCP flags, of states of conntrack (linux/netfilter/nf_conntrack_common.h) and of its status.
    private static readonly Dictionary<string, uint> s_bits = new()
    {
        ["fin"] = 1, ["syn"] = Syn, ["rst"] = 4, ["psh"] = 8, ["ack"] = Ack, ["urg"] = 32, ["ecn"] = 64, ["cwr"] = 128,
        ["invalid"] = 1, ["established"] = 2, ["related"] = 4, ["new"] = 8, ["untracked"] = 64,
        ["expected"] = 1, ["seen-reply"] = 2, ["assured"] = 4, ["confirmed"] = 8, ["snat"] = 16, ["dnat"] = TranslatedDestination,
        ["dying"] = 512,
    };

    private const uint Syn = 2, Ack = 16, TranslatedDestination = 32;

    private readonly HashSet<int> _ports;
    private readonly Dictionary<string, FirewallTable> _tables = [];
    private readonly Dictionary<(string Table, string Name), (JsonElement Elements, Lazy<NftablesSet> Set)> _sets = [];

    private NftablesReader(HashSet<int> ports) => _ports = ports;

    /// <param name="output">The output.</param>
    /// <param name="saved">The tables in the output of iptables-save, by their names here.</param>
    /// <param name="ports">Gets the destination ports that the rules name.</param>
    /// <exception cref="JsonException">The output is not JSON.</exception>
    public static IReadOnlyList<FirewallTable> Read(string output, IReadOnlyDictionary<string, FirewallTable> saved, HashSet<int> ports)
    {
        NftablesReader reader = new(ports);
        using JsonDocument document = JsonDocument.Parse(output);
        JsonElement list = document.RootElement.Clone();
        if (list.ValueKind != JsonValueKind.Object || !list.TryGetProperty("nftables", out list) || list.ValueKind != JsonValueKind.Array)
            throw new JsonException("There is no list nftables.");
        JsonProperty[] objects =
            [.. list.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.Object).SelectMany(one => one.EnumerateObject())];
        // Rules name chains and sets that can come after them.
        foreach (JsonProperty one in objects)
        {
            if (one.Name is "set" or "map")
                reader.AddSet(one.Value, isMap: one.Name == "map");
            else if (one.Name == "chain")
                reader.AddChain(one.Value);
        }

        foreach (JsonProperty one in objects.Where(one => one.Name == "rule"))
            reader.AddRule(one.Value);
        return [.. reader._tables.Values.Where(table => !saved.TryGetValue(table.Name, out FirewallTable? other) || HasMoreThan(table, other))];
    }

    // iptables-save leaves out chains of a hook that iptables did not make.
    private static bool HasMoreThan(FirewallTable table, FirewallTable saved)
    {
        foreach (FirewallChain chain in table.Chains.Values.Where(chain => saved.Chains.ContainsKey(chain.Name)).ToArray())
            table.Chains[chain.Name] = chain with { Hook = null };
        return table.Chains.Values.Any(chain => chain.Hook is not null);
    }

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? Text(value) : "";

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.ToString();

    internal static bool? Compare(object value, JsonElement right)
    {
        right = Unwrapped(right);
        if (value is Bits bits)
            return ToBits(right) is { } other ? bits.Is(other) : right.ValueKind == JsonValueKind.Object ? CompareObject(value, right) : null;
        if (right.ValueKind == JsonValueKind.Array)
            return AnyOf(value, right);
        if (right.ValueKind == JsonValueKind.Object)
            return CompareObject(value, right);
        string text = Text(right);
        return value switch
        {
            // Every key of a map or set with this element.
            _ when text == "*" => true,
            IPAddress address => AddressMatch.IsIn(address, text),
            long number => Number(right) is { } other ? number == other : null,
            // Without /etc/protocols, nft prints the number.
            "tcp" => text is "tcp" or "6",
            string name => text.EndsWith('*') ? name.StartsWith(text[..^1], StringComparison.Ordinal) : name == text,
            bool exists when right.ValueKind is JsonValueKind.True or JsonValueKind.False => exists == right.GetBoolean(),
            _ => null,
        };
    }

    private static bool? CompareObject(object value, JsonElement right)
    {
        JsonProperty one = right.EnumerateObject().First();
        return one.Name switch
        {
            "set" => AnyOf(value, one.Value),
            "prefix" when value is IPAddress address => AddressMatch.IsIn(address, $"{Text(one.Value, "addr")}/{Text(one.Value, "len")}"),
            "range" => IsBetween(value is Bits { Unknown: 0 } bits ? (long)bits.Value : value, one.Value),
            "concat" when value is IReadOnlyList<object> parts && parts.Count == one.Value.GetArrayLength() =>
                All(parts.Zip(one.Value.EnumerateArray(), Compare)),
            _ => null,
        };
    }

    private static bool? AnyOf(object value, JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array)
            return Compare(value, list);
        bool isUnknown = false;
        foreach (JsonElement one in list.EnumerateArray())
        {
            bool? holds = Compare(value, one);
            if (holds == true)
                return true;
            isUnknown |= holds is null;
        }

        return isUnknown ? null : false;
    }

    // A number, "syn", ["syn", "ack"] or {"|": ["syn", "ack"]}.
    private static uint? ToBits(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
            return s_bits.TryGetValue(value.GetString()!, out uint bit) ? bit : null;
        if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("|", out JsonElement parts))
            value = parts;
        if (value.ValueKind != JsonValueKind.Array)
            return Number(value) is { } number ? (uint)number : null;
        uint?[] bits = [.. value.EnumerateArray().Select(ToBits)];
        return Array.TrueForAll(bits, bit => bit is not null) ? bits.Aggregate(0u, (all, bit) => all | bit!.Value) : null;
    }

    private static bool? All(IEnumerable<bool?> all)
    {
        bool?[] parts = [.. all];
        return parts.Contains(false) ? false : parts.Contains(null) ? null : true;
    }

    // {"elem": {"val": …, "timeout": …}}
    internal static JsonElement Unwrapped(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty("elem", out JsonElement inner) && inner.TryGetProperty("val", out JsonElement value)
            ? value
            : element;

    private static bool? IsBetween(object value, JsonElement range) => range.ValueKind != JsonValueKind.Array ? null : value switch
    {
        IPAddress address => AddressMatch.IsBetween(address, Text(range[0]), Text(range[1])),
        long number when Number(range[0]) is { } first && Number(range[1]) is { } last => number >= first && number <= last,
        _ => null,
    };

    private static long? Number(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : null;

    private string TableOf(JsonElement owner)
    {
        string family = Text(owner, "family"), name = $"{family} {Text(owner, "table")}";
        if (!_tables.ContainsKey(name))
            _tables.Add(name, new FirewallTable(name, family is "ip" or "inet" or "netdev", family is "ip6" or "inet" or "netdev"));
        return name;
    }

    private void AddSet(JsonElement set, bool isMap)
    {
        // An empty set has no list of elements.
        JsonElement elements = set.TryGetProperty("elem", out JsonElement list) ? list : s_empty;
        _sets[(TableOf(set), Text(set, "name"))] = (elements, new Lazy<NftablesSet>(() => new NftablesSet(elements, isMap)));
    }

    private void AddChain(JsonElement chain)
    {
        FirewallTable table = _tables[TableOf(chain)];
        if (Text(chain, "name") is not { Length: > 0 } name)
            throw new JsonException("A chain has no name.");
        string hook = Text(chain, "hook");
        int number = int.TryParse(Text(chain, "prio"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int priority) ? priority : 0;
        table.Chains[name] = new FirewallChain(table, name)
        {
            Hook = hook switch
            {
                "prerouting" or "ingress" => FirewallHook.Prerouting,
                "input" => FirewallHook.Input,
                "forward" => FirewallHook.Forward,
                "postrouting" => FirewallHook.Postrouting,
                _ => null,
            },
            Priority = hook == "ingress" ? FirewallChain.Ingress + Math.Clamp(number, -1_000_000, 1_000_000) : number,
            Interfaces = hook != "ingress" ? [] : !chain.TryGetProperty("dev", out JsonElement names) ? null
                : names.ValueKind == JsonValueKind.Array ? [.. names.EnumerateArray().Select(Text)] : [Text(names)],
            IsNat = Text(chain, "type") == "nat",
            DropsByDefault = Text(chain, "policy") == "drop",
        };
    }

    private void AddRule(JsonElement rule)
    {
        string name = TableOf(rule);
        if (!_tables[name].Chains.TryGetValue(Text(rule, "chain"), out FirewallChain? chain)
            || !rule.TryGetProperty("expr", out JsonElement expressions) || expressions.ValueKind != JsonValueKind.Array)
            throw new JsonException("A rule has no chain or no list expr.");
        List<Func<SimulatedPacket, Verdict>> steps =
        [
            .. expressions.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.Object).SelectMany(one => one.EnumerateObject())
                .Select(one => Guarded(Step(name, one))),
        ];
        chain.Rules.Add(new FirewallRule(
            $"rule {Text(rule, "handle")} of chain {chain.Name} (nft -a list chain {name} {chain.Name})", steps));
    }

    // Later versions of nft may print other forms of statements.
    private static Func<SimulatedPacket, Verdict> Guarded(Func<SimulatedPacket, Verdict> step) => packet =>
    {
        try
        {
            return step(packet);
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException or FormatException)
        {
            return Verdict.Unknown;
        }
    };

    private Func<SimulatedPacket, Verdict> Step(string table, JsonProperty statement)
    {
        JsonElement value = statement.Value;
        switch (statement.Name)
        {
            case "match":
                NotePorts(table, value);
                return packet => Verdict.Of(Holds(table, value, packet));
            case "vmap":
                NotePorts(table, value);
                return packet => Lookup(table, value, packet) switch
                {
                    (true, var found) when found.ValueKind == JsonValueKind.Object =>
                        ToVerdict(table, found.EnumerateObject().First(), packet),
                    (false, _) => Verdict.Differs,
                    _ => Verdict.Unknown with { Candidates = Candidates(table, value, packet) },
                };
            case "mangle":
                return packet => Mangle(table, value, packet);
            case "notrack":
                return packet =>
                {
                    packet.IsUntracked = packet.IsPastTracking ? packet.IsUntracked : true;
                    return Verdict.Matches;
                };
            default:
                // dnat to … map …
                if (value.ValueKind == JsonValueKind.Object)
                {
                    foreach (JsonProperty to in value.EnumerateObject().Where(to => to.Value.ValueKind == JsonValueKind.Object))
                        NotePorts(table, to.Value.TryGetProperty("map", out JsonElement map) ? map : default);
                }

                return packet => ToVerdict(table, statement, packet);
        }
    }

    private Verdict ToVerdict(string table, JsonProperty statement, SimulatedPacket packet)
    {
        JsonElement value = statement.Value;
        return statement.Name switch
        {
            "accept" => Verdict.Accept,
            // A program decides.
            "queue" => Verdict.Unknown with { Candidates = [Verdict.Accept] },
            "drop" or "reject" => Verdict.Drop,
            "return" => Verdict.Return,
            "continue" => Verdict.Matches,
            "jump" => new Verdict(VerdictKind.Jump, Text(value, "target")),
            "goto" => new Verdict(VerdictKind.Goto, Text(value, "target")),
            "masquerade" => Verdict.Masquerade,
            "snat" => Translate(table, value, packet, VerdictKind.ChangeSource),
            "dnat" => Translate(table, value, packet, VerdictKind.ChangeDestination),
            "redirect" => Translate(table, value, packet, VerdictKind.Redirect),
            "tproxy" => Translate(table, value, packet, VerdictKind.TransparentProxy),
            "synproxy" => Verdict.SynProxy,
            "reset" when value.TryGetProperty("tcp option", out JsonElement option) =>
                new Verdict(VerdictKind.StripOption, Text(option, "name") is { Length: > 0 } name ? name : Text(option, "base")),
            // A part of iptables, without its parameters.
            "xt" => (Text(value, "type"), Text(value, "name")) switch
            {
                ("target", "MASQUERADE" or "SNAT") => Verdict.Masquerade,
                ("target", "SYNPROXY") => Verdict.SynProxy,
                ("match", "comment") => Verdict.Matches,
                ("target", "LOG" or "NFLOG" or "TCPMSS" or "CHECKSUM") => Verdict.Matches,
                ("target", "REDIRECT") => new Verdict(VerdictKind.Redirect),
                _ => Verdict.Unknown,
            },
            "counter" or "log" or "last" or "flow" or "dup" or "secmark" or "ct helper" or "ct timeout" or "ct expectation" => Verdict.Matches,
            // They add to a set. A statement in it, often a limit, can be a match.
            "set" or "map" when !value.TryGetProperty("stmt", out _) => Verdict.Matches,
            _ => Verdict.Unknown,
        };
    }

    private Verdict Translate(string table, JsonElement to, SimulatedPacket packet, VerdictKind kind)
    {
        if (to.ValueKind != JsonValueKind.Object)
            return new Verdict(kind);
        List<object> parts = [];
        foreach (string name in (string[])["addr", "port"])
        {
            if (!to.TryGetProperty(name, out JsonElement end))
                continue;
            object value = Evaluate(table, end, packet);
            // A map without this key: the rule does not match.
            if (value == s_absent)
                return Verdict.Differs;
            parts.AddRange(value is IReadOnlyList<object> list ? list : [value]);
        }

        IPAddress? address = parts.OfType<string>().Select(Parse).FirstOrDefault(address => address is not null);
        bool isKnown = parts.TrueForAll(part => part is long or string) && (address is not null || kind != VerdictKind.ChangeSource);
        return isKnown ? new Verdict(kind, Address: address, Port: (int?)parts.OfType<long?>().FirstOrDefault()) : Verdict.Lost;
    }

    private static IPAddress? Parse(string text) => IPAddress.TryParse(text, out IPAddress? address) ? address : null;

    private Verdict Mangle(string table, JsonElement mangle, SimulatedPacket packet)
    {
        JsonElement key = mangle.GetProperty("key");
        string meta = Text(key, "meta").Length > 0 ? Text(key.GetProperty("meta"), "key") : "";
        string connection = Text(key, "ct").Length > 0 ? Text(key.GetProperty("ct"), "key") : "";
        if (meta == "mark" || connection == "mark")
        {
            Bits mark = Evaluate(table, mangle.GetProperty("value"), packet) switch
            {
                Bits bits => bits,
                long number => new Bits((uint)number),
                _ => Bits.Unset,
            };
            if (meta == "mark")
                packet.Mark = mark;
            else if (packet.IsTracked == true)
                packet.Connection.Mark = mark;
        }

        // Address translation without conntrack.
        return key.TryGetProperty("payload", out JsonElement payload) && Text(payload, "field") is "saddr" or "daddr" or "sport" or "dport"
            ? Verdict.Lost
            : Verdict.Matches;
    }

    private bool? Holds(string table, JsonElement match, SimulatedPacket packet)
    {
        object left = Evaluate(table, match.GetProperty("left"), packet);
        if (left == s_absent)
            return false;
        if (left == s_unknown)
            return null;
        JsonElement right = match.GetProperty("right");
        // An element of a set can begin with @ as well.
        if (right.ValueKind == JsonValueKind.String && Text(right).StartsWith('@'))
        {
            if (!_sets.TryGetValue((table, Text(right)[1..]), out var set))
                return null;
            bool? isThere = set.Set.Value.Find(left).IsThere;
            return Text(match, "op") switch
            {
                "==" or "in" => isThere,
                "!=" => !isThere,
                _ => null,
            };
        }

        string operation = Text(match, "op");
        switch (operation)
        {
            case "in" when left is Bits bits:
                return ToBits(right) is { } any ? bits.HasAnyOf(any) : null;
            case "!" when left is Bits bits:
                return ToBits(right) is { } none ? !bits.HasAnyOf(none) : null;
            case "==" or "in":
                return Compare(left, right);
            case "!=":
                return !Compare(left, right);
        }

        return (left is Bits { Unknown: 0 } whole ? whole.Value : left as long?) is { } number && Number(right) is { } other
            ? operation switch
            {
                "<" => number < other,
                ">" => number > other,
                "<=" => number <= other,
                ">=" => number >= other,
                _ => null,
            }
            : null;
    }

    /// <summary>The value for a key in a map: whether it is there, and the value; null if that is not known.</summary>
    private (bool? IsThere, JsonElement Value) Lookup(string table, JsonElement map, SimulatedPacket packet)
    {
        JsonElement expression = map.GetProperty("key");
        if (MapOf(table, map) is not { } pairs)
            return (null, default);
        // One of several servers is selected: each of them has the same rules.
        if (expression.ValueKind == JsonValueKind.Object && expression.EnumerateObject().First().Name is "numgen" or "jhash" or "symhash")
            return pairs.Values is [var first, ..] && IsServer(first) ? (true, first) : (null, default);
        object key = Evaluate(table, expression, packet);
        return key == s_absent ? (false, default) : key == s_unknown ? (null, default) : pairs.Find(key);
    }

    private static bool IsServer(JsonElement value) =>
        value.ValueKind != JsonValueKind.Object || value.EnumerateObject().First().Name is "jump" or "goto" or "concat";

    private NftablesSet? MapOf(string table, JsonElement map)
    {
        JsonElement data = map.GetProperty("data");
        return data.ValueKind == JsonValueKind.String ? (_sets.TryGetValue((table, Text(data).TrimStart('@')), out var named) ? named.Set.Value : null)
            : data.TryGetProperty("set", out JsonElement set) && set.ValueKind == JsonValueKind.Array ? new NftablesSet(set, isMap: true) : null;
    }

    private Verdict[] Candidates(string table, JsonElement map, SimulatedPacket packet) =>
    [
        .. (MapOf(table, map)?.Values ?? []).Where(value => value.ValueKind == JsonValueKind.Object)
            .Select(value => ToVerdict(table, value.EnumerateObject().First(), packet)).Distinct(),
    ];

    /// <summary>The value of an expression for the packet: an address, a number, a name, or a list of them.</summary>
    private object Evaluate(string table, JsonElement expression, SimulatedPacket packet)
    {
        if (expression.ValueKind == JsonValueKind.Number)
            return Number(expression) ?? s_unknown;
        if (expression.ValueKind == JsonValueKind.String)
            return expression.GetString()!;
        if (expression.ValueKind != JsonValueKind.Object)
            return s_unknown;
        JsonProperty one = expression.EnumerateObject().First();
        switch (one.Name)
        {
            case "payload":
                return Payload(Text(one.Value, "protocol"), Text(one.Value, "field"), packet);
            case "meta":
                return Meta(Text(one.Value, "key"), packet);
            case "ct":
                return Conntrack(Text(one.Value, "key"), Text(one.Value, "dir"), packet);
            case "socket":
                return (Text(one.Value, "key"), packet.Socket) switch
                {
                    (_, (false, _)) => s_absent,
                    ("wildcard", (true, { } isWildcard)) => isWildcard ? 1L : 0L,
                    _ => s_unknown,
                };
            // A balancer sends no extension headers.
            case "exthdr":
                return one.Value.TryGetProperty("field", out _) ? s_absent : false;
            // The balancer's packets arrive where this machine would answer them.
            case "fib" when Text(one.Value, "result") is "oif" or "oifname" && one.Value.ToString().Contains("\"saddr\"", StringComparison.Ordinal):
                return true;
            case "fib" when Text(one.Value, "result") == "type":
                return one.Value.ToString() switch
                {
                    var flags when flags.Contains("iif", StringComparison.Ordinal) || flags.Contains("oif", StringComparison.Ordinal) => s_unknown,
                    var flags when flags.Contains("saddr", StringComparison.Ordinal) => "unicast",
                    _ => packet.IsForThisMachine ? "local" : "unicast",
                };
            // One of several servers is selected.
            case "range" when one.Value is { ValueKind: JsonValueKind.Array } ends && ends.GetArrayLength() == 2:
                return Constant(ends[0]);
            case "concat":
                object[] parts = [.. one.Value.EnumerateArray().Select(part => Evaluate(table, part, packet))];
                return parts.Contains(s_absent) ? s_absent : parts.Contains(s_unknown) ? s_unknown : parts;
            case "|" or "&" or "^" when one.Value.GetArrayLength() == 2:
                return Combined(one.Name, Evaluate(table, one.Value[0], packet), one.Value[1], Evaluate(table, one.Value[1], packet));
            case "map":
                return Lookup(table, one.Value, packet) switch
                {
                    (true, var found) => Constant(found),
                    (false, _) => s_absent,
                    _ => s_unknown,
                };
            default:
                return s_unknown;
        }
    }

    private static object Combined(string operation, object left, JsonElement right, object value)
    {
        uint? mask = ToBits(right);
        return (left, value) switch
        {
            (Bits bits, _) when mask is { } number => operation switch
            {
                "|" => bits.With(number),
                "&" => bits.And(number),
                _ => bits.Xor(new Bits(number)),
            },
            (long number, Bits bits) when operation == "|" => bits.With((uint)number),
            (long number, Bits bits) when operation == "&" => bits.And((uint)number),
            (Bits bits, Bits other) when operation == "^" => bits.Xor(other),
            (Bits { Unknown: 0 } bits, Bits { Unknown: 0 } other) => new Bits(operation == "|" ? bits.Value | other.Value : bits.Value & other.Value),
            (long number, long other) => operation switch
            {
                "|" => number | other,
                "&" => number & other,
                _ => number ^ other,
            },
            _ => s_unknown,
        };
    }

    // A value in a map: "10.1.2.3", 80, {"concat": ["10.1.2.3", 80]}.
    private static object Constant(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => Number(value) ?? s_unknown,
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Object when value.TryGetProperty("concat", out JsonElement parts) => parts.EnumerateArray().Select(Constant).ToArray(),
        _ => s_unknown,
    };

    private static object Conntrack(string key, string direction, SimulatedPacket packet)
    {
        if (key == "state")
            return packet.State is { } state ? new Bits(s_bits[state]) : s_unknown;
        if (packet.IsTracked != true)
            return packet.IsTracked is null ? s_unknown : s_absent;
        return (key, direction) switch
        {
            ("direction", _) => "original",
            ("mark", _) => packet.Connection.Mark,
            ("status", _) => new Bits(packet.Connection.Server is null ? 0 : TranslatedDestination, ~TranslatedDestination),
            ("l3proto", _) => packet.IsIPv6 ? "ipv6" : "ipv4",
            ("protocol", _) => "tcp",
            ("saddr", "original") => packet.Source,
            ("daddr", "original") => packet.Connection.Address,
            ("ip saddr", "original") => packet.IsIPv6 ? s_absent : packet.Source,
            ("ip daddr", "original") => packet.IsIPv6 ? s_absent : packet.Connection.Address,
            ("ip6 saddr", "original") => packet.IsIPv6 ? packet.Source : s_absent,
            ("ip6 daddr", "original") => packet.IsIPv6 ? packet.Connection.Address : s_absent,
            ("proto-dst", "original") => (long)packet.Connection.Port,
            _ => s_unknown,
        };
    }

    private static object Payload(string protocol, string field, SimulatedPacket packet) => (protocol, field) switch
    {
        ("ip", _) when packet.IsIPv6 => s_absent,
        ("ip6", _) when !packet.IsIPv6 => s_absent,
        ("udp" or "sctp" or "dccp" or "icmp" or "icmpv6" or "udplite" or "arp", _) => s_absent,
        ("ip" or "ip6", "saddr") => packet.Source,
        ("ip" or "ip6", "daddr") => packet.Destination,
        ("ip", "protocol") or ("ip6", "nexthdr") => "tcp",
        ("tcp" or "th", "dport") => (long)packet.Port,
        ("tcp", "flags") => new Bits(packet.IsSyn ? Syn : Ack),
        _ => s_unknown,
    };

    private static object Meta(string key, SimulatedPacket packet) => key switch
    {
        "iifname" or "iif" => packet.InInterface,
        "oifname" or "oif" => packet.OutInterface ?? s_unknown,
        "l4proto" => "tcp",
        "nfproto" => packet.IsIPv6 ? "ipv6" : "ipv4",
        "protocol" => packet.IsIPv6 ? "ip6" : "ip",
        "mark" => packet.Mark,
        "pkttype" => "host",
        _ => s_unknown,
    };

    // The numbers of a match or map of destination ports. Other numbers in it do no harm: their packets meet no rule.
    private void NotePorts(string table, JsonElement match)
    {
        if (match.ValueKind != JsonValueKind.Object || !match.ToString().Contains("\"dport\"", StringComparison.Ordinal))
            return;
        foreach (string name in (string[])["right", "data"])
        {
            if (match.TryGetProperty(name, out JsonElement values))
                NoteNumbers(values.ValueKind == JsonValueKind.String && _sets.TryGetValue((table, Text(values).TrimStart('@')), out var named) ? named.Elements : values);
        }
    }

    private void NoteNumbers(JsonElement value)
    {
        if (Number(value) is > 0 and <= ushort.MaxValue and { } port)
            _ports.Add((int)port);
        else if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement one in value.EnumerateArray())
                NoteNumbers(one);
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty one in value.EnumerateObject().Where(one => one.Name is not ("len" or "addr")))
                NoteNumbers(one.Value);
        }
    }
}
