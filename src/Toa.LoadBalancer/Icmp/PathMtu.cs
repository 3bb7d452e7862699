using System;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Icmp;

/// <summary>What one side's largest packet means on the other side.</summary>
internal static class PathMtu
{
    public const int LeastIPv6 = 1280;

    // Less is nobody's path but an attempt to make every packet tiny: Linux has the same bound (net.ipv4.route.min_pmtu).
    public const int LeastIPv4 = 552;

    /// <summary>The sizes that paths have had (RFC 1191, 7), for routers of old that name none.</summary>
    private static readonly int[] s_plateaus = [32000, 17914, 8166, 4352, 2002, 1492, 1006];

    /// <summary>The MTU that a router has named in an ICMP message, or must have meant.</summary>
    /// <param name="named">What it said; 0 if it said nothing.</param>
    /// <param name="length">Bytes of the packet that was too big.</param>
    public static int Meant(int named, int length)
    {
        if (named == 0)
            named = Array.Find(s_plateaus, plateau => plateau < length);
        return Math.Max(named, LeastIPv4);
    }

    /// <summary>
    /// What the path to the server takes, for the client: its packets lose the difference between the headers, and gain
    /// the option.
    /// </summary>
    public static int ForClient(int serverMtu, UInt128 client, int optionLength)
    {
        int headerLength = IpHeaderWriter.LengthFor(client);
        int mtu = serverMtu - IpPacketView.IPv4HeaderLength + headerLength - optionLength;
        // An IPv6 host goes no lower, whatever it is told.
        return Math.Max(mtu, headerLength == IpPacketView.IPv6HeaderLength ? LeastIPv6 : LeastIPv4);
    }

    /// <summary>What a client's path takes, for the server. Its packets gain the difference between the headers.</summary>
    public static int ForServer(long clientMtu, UInt128 client)
    {
        long mtu = clientMtu - IpHeaderWriter.LengthFor(client) + IpPacketView.IPv4HeaderLength;
        return (int)Math.Clamp(mtu, LeastIPv4, ushort.MaxValue);
    }
}
