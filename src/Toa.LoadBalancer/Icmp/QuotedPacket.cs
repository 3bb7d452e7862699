using System;
using System.Buffers.Binary;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Icmp;

/// <summary>Restores a packet that an ICMP error quotes to its form before the balancer translated it.</summary>
internal static class QuotedPacket
{
    private const int ChecksumAt = 16;

    /// <returns>The number of bytes written, at most the length of the output.</returns>
    public static int Write(
        Span<byte> output, in IpPacketView quoted, in TransportAddress source, in TransportAddress destination)
    {
        IpFields fields = new()
        {
            Source = source.Address,
            Destination = destination.Address,
            Protocol = IpProtocol.Tcp,
            HopLimit = quoted.HopLimit,
            TrafficClass = quoted.TrafficClass,
            FlowLabel = quoted.FlowLabel,
            Identification = quoted.IsIPv4 ? quoted.Identification : (ushort)0,
            MayBeFragmented = quoted.IsIPv4 && quoted.MayBeFragmented,
        };
        int headerLength = IpHeaderWriter.Write(output, fields, StatedPayloadLength(quoted));

        ReadOnlySpan<byte> known = quoted.Payload[..Math.Min(quoted.Payload.Length, output.Length - headerLength)];
        Span<byte> segment = output.Slice(headerLength, known.Length);
        known.CopyTo(segment);
        BinaryPrimitives.WriteUInt16BigEndian(segment, source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment[2..], destination.Port);
        if (segment.Length >= ChecksumAt + sizeof(ushort))
        {
            ChecksumDelta delta = default;
            delta.ReplaceAddress(quoted.Source, source.Address);
            delta.ReplaceAddress(quoted.Destination, destination.Address);
            delta.Replace(known[..4], segment[..4]);
            ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(segment[ChecksumAt..]);
            BinaryPrimitives.WriteUInt16BigEndian(segment[ChecksumAt..], delta.Apply(checksum));
        }

        return headerLength + segment.Length;
    }

    private static int StatedPayloadLength(in IpPacketView quoted) => quoted.IsIPv4
        ? Math.Max(0, BinaryPrimitives.ReadUInt16BigEndian(quoted.Packet[2..]) - IpPacketView.IPv4HeaderLength)
        : Math.Min(
            (int)BinaryPrimitives.ReadUInt16BigEndian(quoted.Packet[4..]),
            ushort.MaxValue - IpPacketView.IPv4HeaderLength);
}
