using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Toa.LoadBalancing;
using Toa.Tool.Doctor;
using Toa.Tool.Formats;

namespace Toa.Tool.Probing;

/// <summary>What to send to prove that a provider works as it is set.</summary>
/// <param name="Formats">The formats of the options.</param>
/// <param name="IPv4Source">The addresses of the balancer for IPv4 servers; null if the provider trusts no IPv4 address.</param>
/// <param name="IPv6Source">The same for IPv6 servers.</param>
internal sealed record ProbePlan(
    IReadOnlyList<ToaOptionFormat> Formats, AddressPrefix? IPv4Source, AddressPrefix? IPv6Source)
{
    /// <summary>Whether the provider trusts all addresses, so that no balancer's address is needed.</summary>
    public bool IsAnyTrusted { get; init; }

    /// <summary>The program to connect to; null to connect to servers of the probe itself.</summary>
    public IPEndPoint? Listener { get; init; }

    // Not more than the balancer needs, and less than its limit.
    private const int IPv4Bits = 28, IPv6Bits = 124;

    private static readonly AddressPrefix s_anyIPv4 = AddressPrefix.Parse("10.64.0.0/28");
    private static readonly AddressPrefix s_anyIPv6 = AddressPrefix.Parse("fd00:64::/124");

    // 0.0.0.0/8, loopback, multicast and above; and what the probe itself uses.
    private static readonly AddressPrefix[] s_unusable =
    [
        .. new[] { "0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3", "::/64", "ff00::/8", "fe80::/10" }.Select(AddressPrefix.Parse),
        ProbeNetwork.Servers, ProbeNetwork.ServersIPv6, ProbeNetwork.Clients, ProbeNetwork.ClientsIPv6,
        ProbeNetwork.Virtual, ProbeNetwork.VirtualIPv6,
    ];

    /// <param name="formats">The setting of the provider; null if it is not known.</param>
    /// <param name="trusted">The trusted networks of the provider; null if they are not known.</param>
    public static ProbePlan For(FormatSetting? formats, string? trusted)
    {
        IReadOnlyList<IPNetwork>? read = TrustedNetworks.Read(trusted);
        bool isAny = read is null;
        AddressPrefix[] networks = [.. read?.Select(one => new AddressPrefix(one.BaseAddress, one.PrefixLength)) ?? []];
        return new ProbePlan(
            [.. (formats ?? FormatSetting.Default).Words.Select(word => ToaOptionFormat.TryParse(word.Text)).OfType<ToaOptionFormat>()],
            isAny ? s_anyIPv4 : SourceIn(networks, AddressFamily.InterNetwork, IPv4Bits),
            isAny ? s_anyIPv6 : SourceIn(networks, AddressFamily.InterNetworkV6, IPv6Bits))
        {
            IsAnyTrusted = isAny,
        };
    }

    /// <summary>Whether providers read clients of a family in this format. To them, KIND/8 is IPv4 and KIND/20 is IPv6.</summary>
    public static bool IsFor(ToaOptionFormat format, AddressFamily family)
    {
        string text = format.ToString();
        return text.Contains('/', StringComparison.Ordinal)
            ? text.EndsWith("/8", StringComparison.Ordinal) == (family == AddressFamily.InterNetwork)
            : format.For(family) is not null;
    }

    /// <summary>The first part of a network that nothing else uses.</summary>
    private static AddressPrefix? SourceIn(IEnumerable<AddressPrefix> networks, AddressFamily family, int bits)
    {
        const int MostTries = 4096;
        foreach (AddressPrefix network in networks.Where(network => network.Address.AddressFamily == family))
        {
            AddressPrefix part = new(network.Address, int.Max(bits, network.Length));
            for (int i = 0; i < MostTries && network.Contains(part.Address); i++)
            {
                AddressPrefix? inTheWay = s_unusable.Where(other => other.Contains(part.Address)).Cast<AddressPrefix?>().FirstOrDefault();
                if (inTheWay is null && !s_unusable.Any(other => part.Contains(other.Address)))
                    return part;
                if (After(inTheWay ?? part) is not { } next)
                    break;
                part = new AddressPrefix(next, part.Length);
            }
        }

        return null;
    }

    /// <summary>The first address behind a network; null at the end of the addresses.</summary>
    private static IPAddress? After(AddressPrefix network)
    {
        byte[] bytes = network.Address.GetAddressBytes();
        int bit = network.Length - 1;
        if (bit < 0)
            return null;
        for (int i = (bit / 8) + 1; i < bytes.Length; i++)
            bytes[i] = 0;
        int step = 0x80 >> (bit % 8);
        int sum = (bytes[bit / 8] & ~(step - 1)) + step;
        for (int i = bit / 8; ; i--)
        {
            bytes[i] = (byte)sum;
            if (sum <= byte.MaxValue)
                return new IPAddress(bytes);
            if (i == 0)
                return null;
            sum = bytes[i - 1] + 1;
        }
    }
}
