using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;

namespace Toa.Tool.Doctor;

/// <summary>The setting <c>trusted</c> of a provider as networks.</summary>
internal static class TrustedNetworks
{
    /// <summary>The networks; null if the setting is not known, or if any source is trusted.</summary>
    public static IReadOnlyList<IPNetwork>? Read(string? setting) =>
        setting is null or "" or "any"
            ? null
            : [.. setting.Split(',', StringSplitOptions.TrimEntries).Select(Parse).OfType<IPNetwork>()];

    /// <summary>One of the first addresses of a network that can be a balancer's.</summary>
    /// <param name="network">The network.</param>
    /// <param name="own">Addresses of this machine. They are left out if there are others.</param>
    public static IPAddress HostIn(IPNetwork network, IReadOnlySet<IPAddress> own)
    {
        byte[] bytes = network.BaseAddress.GetAddressBytes();
        int last = (1 << int.Min((8 * bytes.Length) - network.PrefixLength, 8)) - 1;
        IPAddress At(int offset)
        {
            byte[] host = [.. bytes];
            host[^1] += (byte)offset;
            return new IPAddress(host);
        }

        // The address of the network itself is not a host's, except in a network of one address.
        return Enumerable.Range(1, last).Select(At).FirstOrDefault(address => !own.Contains(address)) ?? At(int.Min(last, 1));
    }

    private static IPNetwork? Parse(string text) =>
        IPNetwork.TryParse(text, out IPNetwork network) ? network
        : IPAddress.TryParse(text, out IPAddress? address) ? new IPNetwork(address, 8 * address.GetAddressBytes().Length)
        : null;
}
