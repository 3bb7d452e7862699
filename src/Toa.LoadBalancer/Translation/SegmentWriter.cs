using System;
using System.Buffers.Binary;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Translation;

/// <summary>
/// Writes the headers of a segment for the other side, with other addresses, ports and options. If the family changes, it gets another IP
/// header (RFC 7915). Sequence numbers and data do not change.
/// </summary>
/// <param name="identification">
/// Of the first IPv4 packet that was not one before. Two writers must not use the same numbers at the same time.
/// </param>
internal sealed class SegmentWriter(ushort identification)
{
    // RFC 7915, 5.1: an IPv6 host need not send packets smaller than 1280 bytes, even if a router reports a smaller MTU. So
    // routers after the balancer must be allowed to fragment packets that fit into 1280 bytes of IPv6.
    private const int LargestToBeCut = 1260;

    private const int DataOffsetAt = 12;
    private const int ChecksumAt = 16;

    private ushort _identification = identification;

    /// <returns>The length of the headers, which the segment's data must follow.</returns>
    public int Write(
        Span<byte> packet,
        in IpPacketView ip,
        in TcpSegmentView segment,
        in TransportAddress source,
        in TransportAddress destination,
        ReadOnlySpan<byte> options)
    {
        int headerLength = TcpSegmentView.BaseHeaderLength + options.Length;
        int length = headerLength + segment.Payload.Length;

        int ipHeaderLength = IpHeaderWriter.Write(packet, Translate(ip, segment, source, destination, headerLength), length);
        Span<byte> output = packet.Slice(ipHeaderLength, headerLength);
        segment.BaseHeader.CopyTo(output);
        options.CopyTo(output[TcpSegmentView.BaseHeaderLength..]);

        BinaryPrimitives.WriteUInt16BigEndian(output, source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(output[2..], destination.Port);
        output[DataOffsetAt] = (byte)((headerLength << 2) | (output[DataOffsetAt] & 0xf));

        ushort checksum = segment.Offload.NeedsChecksum
            ? InternetChecksum.PseudoHeaderSum(source.Address, destination.Address, IpProtocol.Tcp, length)
            : Changed(ip, segment, source, destination, output, options);
        BinaryPrimitives.WriteUInt16BigEndian(output[ChecksumAt..], checksum);
        return ipHeaderLength + headerLength;
    }

    private static ushort Changed(
        in IpPacketView ip,
        in TcpSegmentView segment,
        in TransportAddress source,
        in TransportAddress destination,
        ReadOnlySpan<byte> output,
        ReadOnlySpan<byte> options)
    {
        ChecksumDelta delta = default;
        delta.ReplaceAddress(ip.Source, source.Address);
        delta.ReplaceAddress(ip.Destination, destination.Address);
        delta.ReplaceWord(segment.Length, output.Length + segment.Payload.Length);
        delta.Replace(segment.BaseHeader[..(DataOffsetAt + 2)], output[..(DataOffsetAt + 2)]);
        delta.Replace(segment.Options, options);
        return delta.Apply(BinaryPrimitives.ReadUInt16BigEndian(output[ChecksumAt..]));
    }

    private IpFields Translate(
        in IpPacketView ip,
        in TcpSegmentView segment,
        in TransportAddress source,
        in TransportAddress destination,
        int headerLength)
    {
        IpFields fields = new()
        {
            Source = source.Address,
            Destination = destination.Address,
            Protocol = IpProtocol.Tcp,
            HopLimit = (byte)(ip.HopLimit - 1),
            TrafficClass = ip.TrafficClass,
            FlowLabel = ip.FlowLabel,
        };
        if (ip.IsIPv4)
            return fields with { Identification = ip.Identification, MayBeFragmented = ip.MayBeFragmented };

        int largest = IpPacketView.IPv4HeaderLength + headerLength + segment.Offload.LargestPayload(segment.Payload.Length);
        if (largest > LargestToBeCut)
            return fields;

        // The device counts the number up for each piece of a large segment.
        ushort number = _identification;
        _identification += (ushort)segment.Packets;
        return fields with { Identification = number, MayBeFragmented = true };
    }
}
