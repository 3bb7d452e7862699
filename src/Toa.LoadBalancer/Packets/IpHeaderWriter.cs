using System;
using System.Buffers.Binary;

namespace Toa.LoadBalancing.Packets;

/// <summary>Writes IP headers.</summary>
internal static class IpHeaderWriter
{
    private const int DontFragmentBit = 0x4000;

    /// <summary>Writes an IPv4 or IPv6 header, depending on the addresses, before a payload.</summary>
    /// <returns>The header's length.</returns>
    public static int Write(Span<byte> packet, in IpFields fields, int payloadLength) =>
        Addresses.IsIPv4(fields.Source)
            ? WriteIPv4(packet, fields, payloadLength)
            : WriteIPv6(packet, fields, payloadLength);

    public static int LengthFor(UInt128 address) =>
        Addresses.IsIPv4(address) ? IpPacketView.IPv4HeaderLength : IpPacketView.IPv6HeaderLength;

    private static int WriteIPv4(Span<byte> packet, in IpFields fields, int payloadLength)
    {
        packet[0] = 0x45;
        packet[1] = fields.TrafficClass;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)(IpPacketView.IPv4HeaderLength + payloadLength));
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], fields.Identification);
        BinaryPrimitives.WriteUInt16BigEndian(packet[6..], (ushort)(fields.MayBeFragmented ? 0 : DontFragmentBit));
        packet[8] = fields.HopLimit;
        packet[9] = fields.Protocol;
        packet[10] = 0;
        packet[11] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(packet[12..], (uint)fields.Source);
        BinaryPrimitives.WriteUInt32BigEndian(packet[16..], (uint)fields.Destination);
        BinaryPrimitives.WriteUInt16BigEndian(
            packet[10..], (ushort)~InternetChecksum.Sum(packet[..IpPacketView.IPv4HeaderLength]));
        return IpPacketView.IPv4HeaderLength;
    }

    private static int WriteIPv6(Span<byte> packet, in IpFields fields, int payloadLength)
    {
        BinaryPrimitives.WriteUInt32BigEndian(packet, (6u << 28) | ((uint)fields.TrafficClass << 20) | fields.FlowLabel);
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)payloadLength);
        packet[6] = fields.Protocol;
        packet[7] = fields.HopLimit;
        BinaryPrimitives.WriteUInt128BigEndian(packet[8..], fields.Source);
        BinaryPrimitives.WriteUInt128BigEndian(packet[24..], fields.Destination);
        return IpPacketView.IPv6HeaderLength;
    }
}
