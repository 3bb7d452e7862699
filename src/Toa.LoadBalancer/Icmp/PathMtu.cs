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
    /// The MTU to report to the client for a path to the server: the balancer replaces the IP header and adds the TOA option.
    /// </summary>
    public static int ForClient(int serverMtu, UInt128 client, int optionLength)
    {
        int headerLength = IpHeaderWriter.LengthFor(client);
        int mtu = serverMtu - IpPacketView.IPv4HeaderLength + headerLength - optionLength;
        // An IPv6 host does not use a smaller MTU.
        return Math.Max(mtu, headerLength == IpPacketView.IPv6HeaderLength ? LeastIPv6 : LeastIPv4);
    }

    /// <summary>The MTU to report to the server for a path to the client: the balancer replaces the IP header.</summary>
    public static int ForServer(long clientMtu, UInt128 client)
    {
        long mtu = clientMtu - IpHeaderWriter.LengthFor(client) + IpPacketView.IPv4HeaderLength;
        return (int)Math.Clamp(mtu, LeastIPv4, ushort.MaxValue);
    }
}
