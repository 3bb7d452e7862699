using System;
using System.Buffers.Binary;
using System.Net;

namespace Toa.LoadBalancing.Tests.Support;

/// <summary>ICMP errors in the format that routers send, byte by byte.</summary>
internal static class IcmpPackets
{
    public static byte[] IPv4(IPAddress source, IPAddress destination, byte type, byte code, uint rest, byte[] quoted)
    {
        byte[] message = Message(type, code, rest, quoted);
        Checksum.Write(message, 2, 0);
        byte[] packet =
        [
            0x45, 0, 0, 0, 0, 0, 0, 0, 64, 1, 0, 0,
            .. source.GetAddressBytes(), .. destination.GetAddressBytes(), .. message,
        ];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        Checksum.Write(packet.AsSpan(0, 20), 10, 0);
        return packet;
    }

    public static byte[] IPv6(IPAddress source, IPAddress destination, byte type, byte code, uint rest, byte[] quoted)
    {
        byte[] message = Message(type, code, rest, quoted);
        byte[] addresses = [.. source.GetAddressBytes(), .. destination.GetAddressBytes()];
        Checksum.Write(message, 2, Checksum.Sum(addresses) + 58 + message.Length);
        byte[] packet = [0x60, 0, 0, 0, 0, 0, 58, 64, .. addresses, .. message];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)message.Length);
        return packet;
    }

    private static byte[] Message(byte type, byte code, uint rest, byte[] quoted)
    {
        byte[] message = [type, code, 0, 0, 0, 0, 0, 0, .. quoted];
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), rest);
        return message;
    }
}
