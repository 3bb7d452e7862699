using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;

namespace Toa.Tool.Doctor;

/// <summary>The setting <c>trusted</c> of a provider as networks.</summary>
internal static class TrustedNetworks
{
    /// <summary>The networks; null if the setting is not known, or if any source is trusted.</summary>
    public static IReadOnlyList<(IPNetwork Network, IPAddress First)>? Read(string? setting) =>
        setting is null or "" or "any"
            ? null
            : [.. setting.Split(',', StringSplitOptions.TrimEntries).Select(Parse).OfType<IPNetwork>().Select(network => (network, FirstIn(network)))];

    private static IPNetwork? Parse(string text) =>
        IPNetwork.TryParse(text, out IPNetwork network) ? network
        : IPAddress.TryParse(text, out IPAddress? address) ? new IPNetwork(address, 8 * address.GetAddressBytes().Length)
        : null;

    // The address of the network itself is not a host's, except in a network of one address.
    private static IPAddress FirstIn(IPNetwork network)
    {
        byte[] bytes = network.BaseAddress.GetAddressBytes();
        if (network.PrefixLength < 8 * bytes.Length)
            bytes[^1] |= 1;
        return new IPAddress(bytes);
    }
}
