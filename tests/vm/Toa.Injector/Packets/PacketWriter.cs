using System;
using System.Buffers.Binary;

namespace Toa.Injector.Packets;

/// <summary>Writes complete IPv4 and IPv6 packets with one TCP segment and correct checksums.</summary>
internal static class PacketWriter
{
    internal const int TcpHeaderLength = 20;

    private const byte TcpProtocol = 6;
    private const byte HopLimit = 64;

    /// <summary>Throws unless bytes of this length fit in a TCP header: whole 32-bit words, at most ten of them.</summary>
    internal static void CheckOptions(int length, string parameter)
    {
        if (length % 4 != 0)
        {
            throw new ArgumentException(
                $"{length} option bytes are no multiple of 4: pad them with NOPs, before or after.", parameter);
        }

        if (length > OptionBytes.MaxLength)
        {
            throw new ArgumentException(
                $"{length} option bytes, the connection's own included; a TCP header holds {OptionBytes.MaxLength}.",
                parameter);
        }
    }

    internal static int LengthOf(in TcpFlow flow, int optionLength, int payloadLength) =>
        flow.IpHeaderLength + TcpHeaderLength + optionLength + payloadLength;

    /// <returns>The packet's length.</returns>
    internal static int Write(
        Span<byte> packet,
        in TcpFlow flow,
        in TcpFields fields,
        scoped ReadOnlySpan<byte> options,
        scoped ReadOnlySpan<byte> payload)
    {
        CheckOptions(options.Length, nameof(options));
        int length = LengthOf(flow, options.Length, payload.Length);
        if (length > ushort.MaxValue)
            throw new ArgumentException($"{payload.Length} bytes do not fit into one packet.", nameof(payload));

        packet = packet[..length];
        Span<byte> tcp = packet[flow.IpHeaderLength..];
        if (flow.IsIPv4)
            WriteIPv4Header(packet, flow);
        else
            WriteIPv6Header(packet, flow, tcp.Length);

        int headerLength = TcpHeaderLength + options.Length;
        BinaryPrimitives.WriteUInt16BigEndian(tcp, flow.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], flow.DestinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], fields.SequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], fields.AcknowledgmentNumber);
        tcp[12] = (byte)(headerLength / 4 << 4);
        tcp[13] = (byte)fields.Flags;
        BinaryPrimitives.WriteUInt16BigEndian(tcp[14..], fields.Window);
        tcp[16..TcpHeaderLength].Clear();
        options.CopyTo(tcp[TcpHeaderLength..]);
        payload.CopyTo(tcp[headerLength..]);

        ulong sum = InternetChecksum.Add(InternetChecksum.PseudoHeader(flow, tcp.Length), tcp);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[16..], InternetChecksum.Finish(sum));
        return length;
    }

    private static void WriteIPv4Header(Span<byte> packet, in TcpFlow flow)
    {
        const ushort DontFragment = 0x4000;

        Span<byte> header = packet[..20];
        header.Clear();
        header[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)packet.Length);

        // An identification of 0 is right for a packet that is never fragmented (RFC 6864).
        BinaryPrimitives.WriteUInt16BigEndian(header[6..], DontFragment);
        header[8] = HopLimit;
        header[9] = TcpProtocol;
        BinaryPrimitives.WriteUInt32BigEndian(header[12..], (uint)flow.SourceAddress);
        BinaryPrimitives.WriteUInt32BigEndian(header[16..], (uint)flow.DestinationAddress);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], InternetChecksum.Finish(InternetChecksum.Add(0, header)));
    }

    private static void WriteIPv6Header(Span<byte> packet, in TcpFlow flow, int payloadLength)
    {
        packet[..8].Clear();
        packet[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)payloadLength);
        packet[6] = TcpProtocol;
        packet[7] = HopLimit;
        BinaryPrimitives.WriteUInt128BigEndian(packet[8..], flow.SourceAddress);
        BinaryPrimitives.WriteUInt128BigEndian(packet[24..], flow.DestinationAddress);
    }
}
