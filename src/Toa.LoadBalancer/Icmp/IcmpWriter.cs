using System;
using System.Buffers.Binary;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Icmp;

/// <summary>Writes ICMP and ICMPv6 errors.</summary>
internal static class IcmpWriter
{
    // Packets of this size pass every path (RFC 4443, 2.4; RFC 1812, 4.3.2.3).
    private const int LongestIPv4 = 576;
    private const int LongestIPv6 = 1280;

    /// <summary>The maximum number of bytes that an error to this address may quote.</summary>
    public static int MostToQuote(UInt128 receiver) =>
        (Addresses.IsIPv4(receiver) ? LongestIPv4 : LongestIPv6) - QuotedAt(receiver);

    /// <summary>The offset of the quoted packet in the buffer.</summary>
    public static int QuotedAt(UInt128 receiver) => IpHeaderWriter.LengthFor(receiver) + IcmpErrorView.HeaderLength;

    /// <summary>Writes the headers before a quoted packet that is already at <see cref="QuotedAt"/>.</summary>
    /// <returns>The packet's length.</returns>
    public static int Write(
        Span<byte> packet, UInt128 source, UInt128 destination, byte hopLimit, IcmpError error, int quoted)
    {
        bool isIPv4 = Addresses.IsIPv4(destination);
        int length = IcmpErrorView.HeaderLength + quoted;
        IpFields fields = new()
        {
            Source = source,
            Destination = destination,
            Protocol = isIPv4 ? IpProtocol.Icmp : IpProtocol.IcmpV6,
            HopLimit = hopLimit,
            MayBeFragmented = true,
        };
        int headerLength = IpHeaderWriter.Write(packet, fields, length);

        Span<byte> message = packet.Slice(headerLength, length);
        message[0] = error.Type;
        message[1] = error.Code;
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(message[4..], error.Rest);
        int sum = InternetChecksum.Sum(message);
        if (!isIPv4)
            sum += InternetChecksum.PseudoHeaderSum(source, destination, IpProtocol.IcmpV6, length);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], (ushort)~InternetChecksum.Fold((ulong)sum));
        return headerLength + length;
    }

    /// <summary>Writes the error "too big" to the packet's sender. Its source is the packet's destination.</summary>
    public static int WriteTooBig(Span<byte> packet, in IpPacketView ip, int mtu)
    {
        IcmpError error = ip.IsIPv4
            ? new IcmpError(IcmpType.Unreachable, IcmpType.FragmentationNeeded, (uint)mtu)
            : new IcmpError(IcmpV6Type.TooBig, 0, (uint)mtu);
        ReadOnlySpan<byte> quoted = ip.Packet[..Math.Min(ip.Packet.Length, MostToQuote(ip.Source))];
        quoted.CopyTo(packet[QuotedAt(ip.Source)..]);
        return Write(packet, ip.Destination, ip.Source, hopLimit: 64, error, quoted.Length);
    }
}
