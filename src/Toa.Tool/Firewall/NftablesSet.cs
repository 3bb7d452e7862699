using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Text.Json;

namespace Toa.Tool.Firewall;

/// <summary>The elements of a set, or the pairs of a map, of nftables. Large nodes of Kubernetes have maps with thousands of them.</summary>
internal sealed class NftablesSet
{
    // Without /etc/protocols, nft prints the number.
    private const string Tcp = "tcp", TcpNumber = "6";

    private readonly Dictionary<string, JsonElement> _exact = [];

    private readonly List<(JsonElement Key, JsonElement Value)> _others = [];

    private readonly List<(JsonElement Key, JsonElement Value)> _all = [];

    private readonly JsonElement? _default;

    /// <param name="elements">The list.</param>
    /// <param name="isMap">Whether they are pairs.</param>
    public NftablesSet(JsonElement elements, bool isMap)
    {
        IEnumerable<JsonElement> all = elements.ValueKind == JsonValueKind.Array ? elements.EnumerateArray() : [elements];
        foreach (JsonElement one in all)
        {
            if (isMap && (one.ValueKind != JsonValueKind.Array || one.GetArrayLength() != 2))
                continue;
            JsonElement key = NftablesReader.Unwrapped(isMap ? one[0] : one), value = isMap ? one[1] : one;
            Values.Add(value);
            // The element for all keys that no other one has.
            if (key.ValueKind == JsonValueKind.String && key.GetString() == "*")
            {
                _default = value;
                continue;
            }

            _all.Add((key, value));
            if (TextOf(key) is { } text)
                _exact.TryAdd(text, value);
            else
                _others.Add((key, value));
        }
    }

    /// <summary>The values of a map.</summary>
    public List<JsonElement> Values { get; } = [];

    /// <summary>The element for a key: whether it is there, and the value; null if that is not known.</summary>
    public (bool? IsThere, JsonElement Value) Find(object key)
    {
        if (TextOf(key, Tcp) is { } text && _exact.TryGetValue(text, out JsonElement value))
            return (true, value);
        if (TextOf(key, TcpNumber) is { } other && _exact.TryGetValue(other, out value))
            return (true, value);
        bool isUnknown = false;
        foreach ((JsonElement one, JsonElement found) in HasBits(key) ? _all : _others)
        {
            bool? holds = NftablesReader.Compare(key, one);
            if (holds == true && !isUnknown)
                return (true, found);
            isUnknown |= holds is null or true;
        }

        return isUnknown ? (null, default) : _default is { } rest ? (true, rest) : (false, default);
    }

    // Marks and states can be known in part.
    private static bool HasBits(object key) => key is Bits || (key is IReadOnlyList<object> parts && parts.Any(HasBits));

    private static string? TextOf(JsonElement key) => key.ValueKind switch
    {
        JsonValueKind.Number => key.ToString(),
        JsonValueKind.String when !key.GetString()!.EndsWith('*') => Normal(key.GetString()!),
        JsonValueKind.Object when key.TryGetProperty("concat", out JsonElement parts) && parts.ValueKind == JsonValueKind.Array =>
            Joined(parts.EnumerateArray().Select(TextOf)),
        _ => null,
    };

    private static string? TextOf(object key, string tcp) => key switch
    {
        Tcp => tcp,
        string or IPAddress or long => Normal(string.Create(CultureInfo.InvariantCulture, $"{key}")),
        IReadOnlyList<object> parts => Joined(parts.Select(part => TextOf(part, tcp))),
        _ => null,
    };

    private static string? Joined(IEnumerable<string?> parts)
    {
        string?[] all = [.. parts];
        return all.Contains(null) ? null : string.Join(" . ", all);
    }

    // nft and .NET can print an IPv6 address in other ways.
    private static string Normal(string text) => text.Contains(':') && IPAddress.TryParse(text, out IPAddress? address) ? address.ToString() : text;
}
