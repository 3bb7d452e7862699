using System;
using System.Buffers.Binary;

namespace Toa.Shared;

/// <summary>The TCP segment in an IP packet: its source, its destination and its header.</summary>
internal readonly ref struct TcpSegment
{
    private const int Tcp = 6, HopByHop = 0, Routing = 43, Fragment = 44, DestinationOptions = 60;
    private const int IPv4HeaderSize = 20, IPv6HeaderSize = 40, TcpHeaderSize = 20;

    /// <summary>4 or 16 bytes in network byte order.</summary>
    public ReadOnlySpan<byte> SourceAddress { get; private init; }

    /// <summary>4 or 16 bytes in network byte order.</summary>
    public ReadOnlySpan<byte> DestinationAddress { get; private init; }

    /// <summary>The TCP header with its options.</summary>
    public ReadOnlySpan<byte> Header { get; private init; }

    /// <summary>The length of the segment in bytes with its header, even if not all of it was captured.</summary>
    public int Length { get; private init; }

    public int SourcePort => BinaryPrimitives.ReadUInt16BigEndian(Header);

    /// <summary>The header's list of options.</summary>
    public ReadOnlySpan<byte> Options => Header.Slice(TcpHeaderSize);

    /// <summary>Finds the segment in a packet, from its IP header on.</summary>
    /// <returns>Whether there is one, with its whole header.</returns>
    public static bool TryFind(ReadOnlySpan<byte> packet, out TcpSegment segment)
    {
        segment = default;
        return !packet.IsEmpty && (packet[0] >> 4) switch
        {
            4 => TryFindInIPv4(packet, out segment),
            6 => TryFindInIPv6(packet, out segment),
            _ => false,
        };
    }

    private static bool TryFindInIPv4(ReadOnlySpan<byte> packet, out TcpSegment segment)
    {
        segment = default;
        int header = (packet[0] & 0xf) * 4;
        if (header < IPv4HeaderSize || packet.Length < header || packet[9] != Tcp)
            return false;
        // Only the first fragment has a TCP header.
        bool isFirst = (BinaryPrimitives.ReadUInt16BigEndian(packet.Slice(6)) & 0x1fff) == 0;
        int length = BinaryPrimitives.ReadUInt16BigEndian(packet.Slice(2)) - header;
        return isFirst && TryMake(packet.Slice(12, 4), packet.Slice(16, 4), packet.Slice(header), length, out segment);
    }

    private static bool TryFindInIPv6(ReadOnlySpan<byte> packet, out TcpSegment segment)
    {
        segment = default;
        if (packet.Length < IPv6HeaderSize)
            return false;
        int at = IPv6HeaderSize;
        int next = packet[6];
        while (next is HopByHop or Routing or DestinationOptions or Fragment)
        {
            if (packet.Length < at + 8)
                return false;
            if (next == Fragment && (BinaryPrimitives.ReadUInt16BigEndian(packet.Slice(at + 2)) & 0xfff8) != 0)
                return false;
            int length = next == Fragment ? 8 : (packet[at + 1] + 1) * 8;
            next = packet[at];
            at += length;
        }

        int payload = BinaryPrimitives.ReadUInt16BigEndian(packet.Slice(4)) + IPv6HeaderSize - at;
        return next == Tcp && at <= packet.Length
            && TryMake(packet.Slice(8, 16), packet.Slice(24, 16), packet.Slice(at), payload, out segment);
    }

    private static bool TryMake(
        ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, ReadOnlySpan<byte> captured, int length, out TcpSegment segment)
    {
        segment = default;
        if (captured.Length < TcpHeaderSize)
            return false;
        int header = (captured[12] >> 4) * 4;
        if (header < TcpHeaderSize || captured.Length < header)
            return false;
        segment = new TcpSegment
        {
            SourceAddress = source,
            DestinationAddress = destination,
            Header = captured.Slice(0, header),
            // The length is 0 if the kernel has merged packets to more than 64 KiB.
            Length = length > 0 ? length : captured.Length,
        };
        return true;
    }
}
