using System;
using System.Buffers.Binary;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Translation;

/// <summary>Writes the balancer's own resets.</summary>
internal static class ResetWriter
{
    private const int Length = TcpSegmentView.BaseHeaderLength;

    /// <summary>Answers a segment that belongs to no flow, with the sequence numbers of RFC 9293, 3.10.7.1.</summary>
    public static int WriteAnswer(Span<byte> packet, in IpPacketView ip, in TcpSegmentView segment)
    {
        TransportAddress source = new(ip.Destination, segment.DestinationPort);
        TransportAddress destination = new(ip.Source, segment.SourcePort);
        return segment.IsAck
            ? Write(packet, source, destination, TcpFlags.Rst, segment.AcknowledgmentNumber, 0)
            : Write(packet, source, destination, TcpFlags.Rst | TcpFlags.Ack, 0, segment.SequenceEnd);
    }

    /// <summary>Ends a connection. The receiver accepts the reset only if it has the sequence number that the receiver expects.</summary>
    public static int Write(
        Span<byte> packet, in TransportAddress source, in TransportAddress destination, uint sequence, uint acknowledgment) =>
        Write(packet, source, destination, TcpFlags.Rst | TcpFlags.Ack, sequence, acknowledgment);

    private static int Write(
        Span<byte> packet,
        in TransportAddress source,
        in TransportAddress destination,
        TcpFlags flags,
        uint sequence,
        uint acknowledgment)
    {
        IpFields fields = new()
        {
            Source = source.Address,
            Destination = destination.Address,
            Protocol = IpProtocol.Tcp,
        };
        int headerLength = IpHeaderWriter.Write(packet, fields, Length);
        Span<byte> segment = packet.Slice(headerLength, Length);
        segment.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(segment, source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment[2..], destination.Port);
        BinaryPrimitives.WriteUInt32BigEndian(segment[4..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment[8..], acknowledgment);
        segment[12] = Length << 2;
        segment[13] = (byte)flags;

        int sum = InternetChecksum.PseudoHeaderSum(source.Address, destination.Address, IpProtocol.Tcp, Length)
            + InternetChecksum.Sum(segment);
        BinaryPrimitives.WriteUInt16BigEndian(segment[16..], (ushort)~InternetChecksum.Fold((ulong)sum));
        return headerLength + Length;
    }
}
