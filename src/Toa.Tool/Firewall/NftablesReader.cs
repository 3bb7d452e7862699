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
    // Results of expressions that have no address, number or name.
    private static readonly object s_unknown = new(), s_otherProtocol = new();

    private static readonly JsonElement s_empty = JsonElement.Parse("[]");

    private readonly HashSet<int> _ports;
    private readonly Dictionary<string, FirewallTable> _tables = [];
    private readonly Dictionary<(string Table, string Name), JsonElement> _sets = [];

    private NftablesReader(HashSet<int> ports) => _ports = ports;

    /// <param name="output">The output.</param>
    /// <param name="isReadElsewhere">Whether the output of iptables-save has the chains of a table.</param>
    /// <param name="ports">Gets the destination ports that the rules name.</param>
    /// <exception cref="JsonException">The output is not JSON.</exception>
    public static IReadOnlyList<FirewallTable> Read(string output, Func<string, bool> isReadElsewhere, HashSet<int> ports)
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
                reader._sets[(reader.TableOf(one.Value), Text(one.Value, "name"))] = one.Value;
            else if (one.Name == "chain")
                reader.AddChain(one.Value);
        }

        foreach (JsonProperty one in objects.Where(one => one.Name == "rule"))
            reader.AddRule(one.Value);
        return [.. reader._tables.Values.Where(table => !isReadElsewhere(table.Name))];
    }

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? Text(value) : "";

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.ToString();

    private static bool? Compare(object value, JsonElement right, Func<string, JsonElement?> sets)
    {
        right = Unwrapped(right);
        if (right.ValueKind == JsonValueKind.Array)
            return AnyOf(value, right, sets);
        if (right.ValueKind == JsonValueKind.Object)
        {
            JsonProperty one = right.EnumerateObject().First();
            return one.Name switch
            {
                "set" => AnyOf(value, one.Value, sets),
                "prefix" when value is IPAddress address => AddressMatch.IsIn(address, $"{Text(one.Value, "addr")}/{Text(one.Value, "len")}"),
                "range" => IsBetween(value, one.Value),
                "concat" when value is IReadOnlyList<object> parts && parts.Count == one.Value.GetArrayLength() =>
                    All(parts.Zip(one.Value.EnumerateArray(), (part, other) => Compare(part, other, sets))),
                _ => null,
            };
        }

        string text = Text(right);
        if (text.StartsWith('@'))
            return sets(text[1..]) is { } set ? AnyOf(value, set, sets) : null;
        return value switch
        {
            IPAddress address => AddressMatch.IsIn(address, text),
            long number => Number(right) is { } other ? number == other : null,
            string name => text.EndsWith('*') ? name.StartsWith(text[..^1], StringComparison.Ordinal) : name == text,
            _ => null,
        };
    }

    private static bool? AnyOf(object value, JsonElement list, Func<string, JsonElement?> sets)
    {
        bool isUnknown = false;
        foreach (JsonElement one in list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().ToArray() : [list])
        {
            bool? holds = Compare(value, one, sets);
            if (holds == true)
                return true;
            isUnknown |= holds is null;
        }

        return isUnknown ? null : false;
    }

    private static bool? All(IEnumerable<bool?> all)
    {
        bool?[] parts = [.. all];
        return parts.Contains(false) ? false : parts.Contains(null) ? null : true;
    }

    // {"elem": {"val": …, "timeout": …}}
    private static JsonElement Unwrapped(JsonElement element) =>
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
            _tables.Add(name, new FirewallTable(name, family is "ip" or "inet", family is "ip6" or "inet"));
        return name;
    }

    private void AddChain(JsonElement chain)
    {
        FirewallTable table = _tables[TableOf(chain)];
        string name = Text(chain, "name");
        table.Chains[name] = new FirewallChain(table, name)
        {
            Hook = Text(chain, "hook") switch
            {
                "prerouting" => FirewallHook.Prerouting,
                "input" => FirewallHook.Input,
                "forward" => FirewallHook.Forward,
                "postrouting" => FirewallHook.Postrouting,
                _ => null,
            },
            Priority = int.TryParse(Text(chain, "prio"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int priority) ? priority : 0,
            IsNat = Text(chain, "type") == "nat",
            DropsByDefault = Text(chain, "policy") == "drop",
        };
    }

    private void AddRule(JsonElement rule)
    {
        string name = TableOf(rule);
        if (!_tables[name].Chains.TryGetValue(Text(rule, "chain"), out FirewallChain? chain)
            || !rule.TryGetProperty("expr", out JsonElement expressions) || expressions.ValueKind != JsonValueKind.Array)
            return;
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
                    _ => Verdict.Unknown,
                };
            case "mangle":
                return packet => Mangle(table, value, packet);
            case "notrack":
                return packet =>
                {
                    packet.IsUntracked = true;
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
            "accept" or "queue" => Verdict.Accept,
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
        if (to.TryGetProperty("addr", out JsonElement addresses))
        {
            object address = Evaluate(table, addresses, packet);
            // A map without this key: the rule does not match.
            if (address == s_otherProtocol)
                return Verdict.Differs;
            parts.AddRange(address is IReadOnlyList<object> list ? list : [address]);
        }

        if (to.TryGetProperty("port", out JsonElement ports))
            parts.Add(Evaluate(table, ports, packet));
        return new Verdict(kind, Address: parts.OfType<string>().Select(Parse).FirstOrDefault(address => address is not null),
            Port: (int?)parts.OfType<long?>().FirstOrDefault());
    }

    private static IPAddress? Parse(string text) => IPAddress.TryParse(text, out IPAddress? address) ? address : null;

    private Verdict Mangle(string table, JsonElement mangle, SimulatedPacket packet)
    {
        if (Text(mangle.GetProperty("key"), "meta") is { Length: > 0 } && Text(mangle.GetProperty("key").GetProperty("meta"), "key") == "mark"
            && Evaluate(table, mangle.GetProperty("value"), packet) is long mark)
            packet.Mark = (uint)mark;
        return Verdict.Matches;
    }

    private bool? Holds(string table, JsonElement match, SimulatedPacket packet)
    {
        object left = Evaluate(table, match.GetProperty("left"), packet);
        if (left == s_otherProtocol)
            return false;
        if (left == s_unknown)
            return null;
        JsonElement right = match.GetProperty("right");
        string operation = Text(match, "op");
        if (operation is "==" or "in" or "!=")
            return Compare(left, right, name => Elements(table, name)) ^ (operation == "!=");
        return left is long number && Number(right) is { } other
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

    // An empty set has no list of elements.
    private JsonElement? Elements(string table, string name) =>
        !_sets.TryGetValue((table, name), out JsonElement set) ? null
        : set.TryGetProperty("elem", out JsonElement elements) ? elements : s_empty;

    /// <summary>The value for a key in a map: whether it is there, and the value; null if that is not known.</summary>
    private (bool? IsThere, JsonElement Value) Lookup(string table, JsonElement map, SimulatedPacket packet)
    {
        object key = Evaluate(table, map.GetProperty("key"), packet);
        if (key == s_otherProtocol)
            return (false, default);
        if (key == s_unknown)
            return (null, default);
        JsonElement data = map.GetProperty("data");
        JsonElement? pairs = data.ValueKind == JsonValueKind.String ? Elements(table, data.GetString()!.TrimStart('@'))
            : data.TryGetProperty("set", out JsonElement set) ? set : null;
        if (pairs is not { ValueKind: JsonValueKind.Array } list)
            return (null, default);
        bool isUnknown = false;
        foreach (JsonElement pair in list.EnumerateArray().Where(pair => pair.ValueKind == JsonValueKind.Array && pair.GetArrayLength() == 2))
        {
            bool? holds = Compare(key, pair[0], name => Elements(table, name));
            if (holds == true)
                return (true, pair[1]);
            isUnknown |= holds is null;
        }

        return (isUnknown ? null : false, default);
    }

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
                return Text(one.Value, "key") switch
                {
                    "state" => packet.State,
                    "direction" => "original",
                    _ => s_unknown,
                };
            // No socket of the connection exists before its SYN.
            case "socket":
                return packet.IsSyn ? s_otherProtocol : s_unknown;
            case "fib" when Text(one.Value, "result") == "type":
                return one.Value.ToString() switch
                {
                    var flags when flags.Contains("iif", StringComparison.Ordinal) || flags.Contains("oif", StringComparison.Ordinal) => s_unknown,
                    var flags when flags.Contains("saddr", StringComparison.Ordinal) => "unicast",
                    _ => packet.IsForThisMachine ? "local" : "unicast",
                };
            case "concat":
                object[] parts = [.. one.Value.EnumerateArray().Select(part => Evaluate(table, part, packet))];
                return parts.Contains(s_otherProtocol) ? s_otherProtocol : parts.Contains(s_unknown) ? s_unknown : parts;
            case "|" or "&" or "^" when one.Value.GetArrayLength() == 2:
                return (Evaluate(table, one.Value[0], packet), Evaluate(table, one.Value[1], packet)) switch
                {
                    // Flags of the TCP header.
                    (string flag, _) when one.Name == "&" =>
                        one.Value[1].ToString().Contains($"\"{flag}\"", StringComparison.Ordinal) || Text(one.Value[1]) == flag ? flag : "",
                    (long left, long right) => one.Name switch
                    {
                        "|" => left | right,
                        "&" => left & right,
                        _ => left ^ right,
                    },
                    _ => s_unknown,
                };
            // One of several servers is selected: each of them has the same rules.
            case "numgen" or "jhash" or "symhash":
                return Number(one.Value.TryGetProperty("offset", out JsonElement offset) ? offset : default) ?? 0L;
            case "map":
                return Lookup(table, one.Value, packet) switch
                {
                    (true, var found) => Evaluate(table, found, packet),
                    (false, _) => s_otherProtocol,
                    _ => s_unknown,
                };
            default:
                return s_unknown;
        }
    }

    private static object Payload(string protocol, string field, SimulatedPacket packet) => (protocol, field) switch
    {
        ("ip", _) when packet.IsIPv6 => s_otherProtocol,
        ("ip6", _) when !packet.IsIPv6 => s_otherProtocol,
        ("udp" or "sctp" or "dccp" or "icmp" or "icmpv6" or "udplite" or "arp", _) => s_otherProtocol,
        ("ip" or "ip6", "saddr") => packet.Source,
        ("ip" or "ip6", "daddr") => packet.Destination,
        ("ip", "protocol") or ("ip6", "nexthdr") => "tcp",
        ("tcp" or "th", "dport") => (long)packet.Port,
        ("tcp", "flags") => packet.IsSyn ? "syn" : "ack",
        _ => s_unknown,
    };

    private static object Meta(string key, SimulatedPacket packet) => key switch
    {
        "iifname" or "iif" => packet.InInterface,
        "oifname" or "oif" => packet.OutInterface ?? s_unknown,
        "l4proto" => "tcp",
        "nfproto" => packet.IsIPv6 ? "ipv6" : "ipv4",
        "protocol" => packet.IsIPv6 ? "ip6" : "ip",
        "mark" => (long)packet.Mark,
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
                NoteNumbers(values.ValueKind == JsonValueKind.String ? Elements(table, Text(values).TrimStart('@')) ?? values : values);
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
