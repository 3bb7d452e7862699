using System;
using System.Buffers.Binary;
using System.Net;

namespace Toa.Interop;

/// <summary>A TCP segment, as it was captured or saved: what a search for TOA options needs of it.</summary>
internal readonly ref struct TcpSegment
{
    private const int Tcp = 6, HopByHop = 0, Routing = 43, Fragment = 44, DestinationOptions = 60;
    private const int IPv4HeaderSize = 20, IPv6HeaderSize = 40, TcpHeaderSize = 20;
    private const byte SynBit = 2, AckBit = 16;

    private readonly ReadOnlySpan<byte> _source;
    private readonly ReadOnlySpan<byte> _destination;
    private readonly ReadOnlySpan<byte> _tcp;

    private TcpSegment(ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, ReadOnlySpan<byte> tcp, int tcpLength)
    {
        _source = source;
        _destination = destination;
        _tcp = tcp;
        Options = tcp.Slice(TcpHeaderSize, HeaderLength(tcp) - TcpHeaderSize);
        HasData = tcpLength > HeaderLength(tcp);
    }

    public IPEndPoint Source => new(new IPAddress(_source.ToArray()), BinaryPrimitives.ReadUInt16BigEndian(_tcp));

    public IPEndPoint Destination => new(new IPAddress(_destination.ToArray()), DestinationPort);

    public int DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_tcp.Slice(2));

    /// <summary>Whether it asks for a connection.</summary>
    public bool IsSyn => (_tcp[13] & (SynBit | AckBit)) == SynBit;

    public bool HasData { get; }

    /// <summary>What stands in the header's list of options.</summary>
    public ReadOnlySpan<byte> Options { get; }

    /// <summary>Finds the segment in a packet, from its IP header on.</summary>
    /// <returns>Whether there is one, whole up to the end of its options.</returns>
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
        // Those behind the first fragment have no header.
        bool isFirst = (BinaryPrimitives.ReadUInt16BigEndian(packet.Slice(6)) & 0x1fff) == 0;
        return isFirst && TryMake(
            packet.Slice(12, 4), packet.Slice(16, 4), packet.Slice(header),
            BinaryPrimitives.ReadUInt16BigEndian(packet.Slice(2)) - header, out segment);
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

    /// <param name="source">The source address.</param>
    /// <param name="destination">The destination address.</param>
    /// <param name="tcp">What was captured from the TCP header on.</param>
    /// <param name="length">How long that is in truth.</param>
    /// <param name="segment">The segment.</param>
    private static bool TryMake(
        ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, ReadOnlySpan<byte> tcp, int length,
        out TcpSegment segment)
    {
        segment = default;
        if (tcp.Length < TcpHeaderSize || HeaderLength(tcp) < TcpHeaderSize || tcp.Length < HeaderLength(tcp))
            return false;
        // Packets that the kernel has joined to more than 64 KiB say 0.
        segment = new TcpSegment(source, destination, tcp, length > 0 ? length : tcp.Length);
        return true;
    }

    private static int HeaderLength(ReadOnlySpan<byte> tcp) => (tcp[12] >> 4) * 4;
}
