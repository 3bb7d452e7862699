using System;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Icmp;

/// <summary>Converts the path MTU of one side to the other side.</summary>
internal static class PathMtu
{
    public const int LeastIPv6 = 1280;

    // A smaller value is not a real path but an attack with tiny packets. Linux has the same limit (net.ipv4.route.min_pmtu).
    public const int LeastIPv4 = 552;

    /// <summary>Typical MTUs (RFC 1191, 7), for old routers that do not report one.</summary>
    private static readonly int[] s_plateaus = [32000, 17914, 8166, 4352, 2002, 1492, 1006];

    /// <summary>The MTU that a router reports in an ICMP message, or an estimate if it reports none.</summary>
    /// <param name="named">The reported MTU; 0 if the error does not report one.</param>
    /// <param name="length">Bytes of the packet that was too big.</param>
    public static int Meant(int named, int length)
    {
        if (named == 0)
            named = Array.Find(s_plateaus, plateau => plateau < length);
        return Math.Max(named, LeastIPv4);
    }

    /// <summary>
    /// The MTU to report to one end for the path to the other: the balancer replaces the IP header and, on the way to the server,
    /// adds the TOA option.
    /// </summary>
    /// <param name="mtu">The MTU of the path to the other end.</param>
    /// <param name="other">An address of the other end's family.</param>
    /// <param name="receiver">An address of the family of the end that gets the report.</param>
    /// <param name="optionLength">The bytes of the TOA option.</param>
    public static int For(long mtu, UInt128 other, UInt128 receiver, int optionLength)
    {
        mtu += IpHeaderWriter.LengthFor(receiver) - IpHeaderWriter.LengthFor(other) - optionLength;
        return Limit(mtu, receiver);
    }

    /// <summary>The MTU within what hosts of the address's family use.</summary>
    public static int Limit(long mtu, UInt128 address) =>
        (int)Math.Clamp(mtu, Addresses.IsIPv4(address) ? LeastIPv4 : LeastIPv6, ushort.MaxValue);
}
