using System;
using System.Buffers.Binary;
using System.Net;
using Toa.Injector.Packets;

namespace Toa.Injector;

/// <summary>Reads one TCP segment in an IPv4 or IPv6 packet, in place.</summary>
public readonly ref struct TcpPacketView
{
    private const byte TcpProtocol = 6;

    private readonly ReadOnlySpan<byte> _tcp;
    private readonly int _headerLength;

    private TcpPacketView(TcpFlow flow, ReadOnlySpan<byte> tcp, int headerLength)
    {
        Flow = flow;
        _tcp = tcp;
        _headerLength = headerLength;
    }

    /// <summary>The source address and port.</summary>
    public IPEndPoint Source => Flow.Source;

    /// <summary>The destination address and port.</summary>
    public IPEndPoint Destination => Flow.Destination;

    /// <summary>Number of the first byte.</summary>
    public uint SequenceNumber => BinaryPrimitives.ReadUInt32BigEndian(_tcp[4..]);

    /// <summary>Number of the byte that is expected next.</summary>
    public uint AcknowledgmentNumber => BinaryPrimitives.ReadUInt32BigEndian(_tcp[8..]);

    /// <summary>The header's flags.</summary>
    public TcpControlBits Flags => (TcpControlBits)_tcp[13];

    /// <summary>The window in the header, unscaled.</summary>
    public ushort Window => BinaryPrimitives.ReadUInt16BigEndian(_tcp[14..]);

    /// <summary>All option bytes, including padding.</summary>
    public ReadOnlySpan<byte> Options => _tcp[PacketWriter.TcpHeaderLength.._headerLength];

    /// <summary>The data.</summary>
    public ReadOnlySpan<byte> Payload => _tcp[_headerLength..];

    /// <summary>Whether the TCP checksum is correct for the segment and its addresses.</summary>
    public bool ChecksumIsCorrect =>
        InternetChecksum.Finish(InternetChecksum.Add(InternetChecksum.PseudoHeader(Flow, _tcp.Length), _tcp)) == 0;

    internal TcpFlow Flow { get; }

    /// <summary>Reads a packet; false unless it is one complete TCP segment.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out TcpPacketView view)
    {
        view = default;
        if (packet.IsEmpty)
            return false;

        return (packet[0] >> 4) switch
        {
            4 => TryParseIPv4(packet, out view),
            6 => TryParseIPv6(packet, out view),
            _ => false,
        };
    }

    internal bool Has(TcpControlBits flags) => (Flags & flags) == flags;

    private static bool TryParseIPv4(ReadOnlySpan<byte> packet, out TcpPacketView view)
    {
        const ushort MoreFragmentsOrOffset = 0x3fff;

        view = default;
        if (packet.Length < 20)
            return false;

        int headerLength = (packet[0] & 0xf) * 4;
        int length = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if (headerLength < 20
            || length < headerLength
            || length > packet.Length
            || packet[9] != TcpProtocol
            || (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & MoreFragmentsOrOffset) != 0)
        {
            return false;
        }

        return TryParseTcp(
            TcpFlow.FromIPv4(packet[12..]), TcpFlow.FromIPv4(packet[16..]), packet[headerLength..length], out view);
    }

    private static bool TryParseIPv6(ReadOnlySpan<byte> packet, out TcpPacketView view)
    {
        const int HeaderLength = 40;

        view = default;
        if (packet.Length < HeaderLength || packet[6] != TcpProtocol)
            return false;

        int length = HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
        return length <= packet.Length
            && TryParseTcp(
                BinaryPrimitives.ReadUInt128BigEndian(packet[8..]),
                BinaryPrimitives.ReadUInt128BigEndian(packet[24..]),
                packet[HeaderLength..length],
                out view);
    }

    private static bool TryParseTcp(
        UInt128 source, UInt128 destination, ReadOnlySpan<byte> tcp, out TcpPacketView view)
    {
        view = default;
        if (tcp.Length < PacketWriter.TcpHeaderLength)
            return false;

        int headerLength = (tcp[12] >> 4) * 4;
        if (headerLength < PacketWriter.TcpHeaderLength || headerLength > tcp.Length)
            return false;

        TcpFlow flow = new(
            source,
            BinaryPrimitives.ReadUInt16BigEndian(tcp),
            destination,
            BinaryPrimitives.ReadUInt16BigEndian(tcp[2..]));
        view = new TcpPacketView(flow, tcp, headerLength);
        return true;
    }
}
