using System.Buffers.Binary;
using System.Linq;
using System.Net;
using System.Net.Sockets;

namespace Toa.Tests.Support;

/// <summary>SYN packets, written by hand according to RFC 791, 8200 and 9293.</summary>
internal static class Syn
{
    /// <summary>An IP header, and a TCP header with options.</summary>
    /// <param name="source">The source of the packet.</param>
    /// <param name="options">TCP options, which are padded to a multiple of four bytes.</param>
    /// <param name="between">IPv4 options, or IPv6 extension headers, of which the first is hop-by-hop.</param>
    public static byte[] Packet(IPEndPoint source, byte[] options, byte[]? between = null)
    {
        between ??= [];
        bool isIPv4 = source.AddressFamily == AddressFamily.InterNetwork;
        byte[] ip = new byte[(isIPv4 ? 20 : 40) + between.Length];
        ip[0] = isIPv4 ? (byte)(0x40 | (ip.Length / 4)) : (byte)0x60;
        if (isIPv4)
            ip[9] = 6;
        else
            ip[6] = between.Length == 0 ? (byte)6 : (byte)0;
        source.Address.GetAddressBytes().CopyTo(ip, isIPv4 ? 12 : 8);
        between.CopyTo(ip, ip.Length - between.Length);

        byte[] tcp = new byte[20 + ((options.Length + 3) / 4 * 4)];
        BinaryPrimitives.WriteUInt16BigEndian(tcp, (ushort)source.Port);
        tcp[12] = (byte)(tcp.Length / 4 << 4);
        tcp[13] = 2;
        options.CopyTo(tcp, 20);
        return [.. ip, .. tcp];
    }

    public static byte[] Option(byte kind, IPEndPoint client)
    {
        byte[] address = client.Address.GetAddressBytes();
        return [kind, (byte)(4 + address.Length), (byte)(client.Port >> 8), (byte)client.Port, .. address];
    }

    public static Answer Saved(byte[] packet) => new(0, packet.ToArray(), packet.Length);
}
