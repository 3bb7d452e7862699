using System;
using System.Buffers.Binary;

namespace Toa.LoadBalancing.Packets;

/// <summary>Reads an IPv4 or IPv6 packet in place.</summary>
internal readonly ref struct IpPacketView
{
    public const int IPv4HeaderLength = 20;
    public const int IPv6HeaderLength = 40;

    private const int DontFragmentBit = 0x4000;
    private const int MoreFragmentsOrOffset = 0x3fff;

    private IpPacketView(ReadOnlySpan<byte> packet, int headerLength)
    {
        Packet = packet;
        Payload = packet[headerLength..];
        if (packet[0] >> 4 == 4)
        {
            Source = Addresses.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(packet[12..]));
            Destination = Addresses.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(packet[16..]));
        }
        else
        {
            Source = BinaryPrimitives.ReadUInt128BigEndian(packet[8..]);
            Destination = BinaryPrimitives.ReadUInt128BigEndian(packet[24..]);
        }
    }

    /// <summary>The whole packet, without padding of the link layer.</summary>
    public ReadOnlySpan<byte> Packet { get; }

    public ReadOnlySpan<byte> Payload { get; }

    public UInt128 Source { get; }

    public UInt128 Destination { get; }

    public bool IsIPv4 => Packet[0] >> 4 == 4;

    public byte Protocol => IsIPv4 ? Packet[9] : Packet[6];

    /// <summary>Time to live, or hop limit.</summary>
    public byte HopLimit => IsIPv4 ? Packet[8] : Packet[7];

    /// <summary>Type of service, or traffic class: DSCP and ECN in both.</summary>
    public byte TrafficClass => IsIPv4 ? Packet[1] : (byte)(BinaryPrimitives.ReadUInt16BigEndian(Packet) >> 4);

    /// <summary>0 for IPv4, as RFC 7915 requires of translators.</summary>
    public uint FlowLabel => IsIPv4 ? 0 : BinaryPrimitives.ReadUInt32BigEndian(Packet) & 0xfffff;

    /// <summary>IPv4 only.</summary>
    public ushort Identification => BinaryPrimitives.ReadUInt16BigEndian(Packet[4..]);

    /// <summary>IPv4 only.</summary>
    public bool MayBeFragmented => (BinaryPrimitives.ReadUInt16BigEndian(Packet[6..]) & DontFragmentBit) == 0;

    /// <summary>Reads a complete and valid packet without IPv4 options or IPv6 extension headers.</summary>
    public static bool TryRead(ReadOnlySpan<byte> packet, out IpPacketView view, out DropReason reason)
    {
        view = default;
        reason = DropReason.Truncated;
        if (packet.IsEmpty)
            return false;

        int headerLength;
        switch (packet[0] >> 4)
        {
            case 4:
                headerLength = IPv4HeaderLength;
                reason = CheckIPv4(ref packet);
                break;
            case 6:
                headerLength = IPv6HeaderLength;
                reason = CheckIPv6(ref packet);
                break;
            default:
                reason = DropReason.BadIPHeader;
                return false;
        }

        if (reason != DropReason.None)
            return false;
        view = new IpPacketView(packet, headerLength);
        return true;
    }

    /// <summary>
    /// Reads the beginning of a packet that an ICMP error quotes. It may be truncated anywhere after the ports. With IPv4, a
    /// router may have changed its checksum or its length.
    /// </summary>
    public static bool TryReadQuoted(ReadOnlySpan<byte> packet, out IpPacketView view)
    {
        const int Ports = 4;

        view = default;
        int headerLength = packet.IsEmpty ? 0 : packet[0] switch
        {
            0x45 => IPv4HeaderLength,
            >= 0x60 and <= 0x6f => IPv6HeaderLength,
            _ => 0,
        };
        if (headerLength == 0 || packet.Length < headerLength + Ports)
            return false;

        view = new IpPacketView(packet, headerLength);
        bool isFragment = view.IsIPv4 && (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & MoreFragmentsOrOffset) != 0;
        return view.Protocol == IpProtocol.Tcp && !isFragment;
    }

    private static DropReason CheckIPv4(ref ReadOnlySpan<byte> packet)
    {
        if (packet.Length < IPv4HeaderLength)
            return DropReason.Truncated;

        int headerLength = (packet[0] & 0xf) * 4;
        int length = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if (headerLength < IPv4HeaderLength || length < headerLength)
            return DropReason.BadIPHeader;
        if (length > packet.Length)
            return DropReason.Truncated;
        if (InternetChecksum.Sum(packet[..headerLength]) != ushort.MaxValue)
            return DropReason.BadIPChecksum;
        if (headerLength > IPv4HeaderLength)
            return DropReason.IPOptions;
        if ((BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & MoreFragmentsOrOffset) != 0)
            return DropReason.Fragment;

        packet = packet[..length];
        return DropReason.None;
    }

    private static DropReason CheckIPv6(ref ReadOnlySpan<byte> packet)
    {
        if (packet.Length < IPv6HeaderLength)
            return DropReason.Truncated;

        int length = IPv6HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
        if (length > packet.Length)
            return DropReason.Truncated;
        if (IpProtocol.IsExtensionHeader(packet[6]))
            return DropReason.ExtensionHeader;

        // The balancer would treat an IPv4-mapped address on the wire as the address of an IPv4 host.
        if (Addresses.IsIPv4(BinaryPrimitives.ReadUInt128BigEndian(packet[8..]))
            || Addresses.IsIPv4(BinaryPrimitives.ReadUInt128BigEndian(packet[24..])))
        {
            return DropReason.BadAddress;
        }

        packet = packet[..length];
        return DropReason.None;
    }
}
