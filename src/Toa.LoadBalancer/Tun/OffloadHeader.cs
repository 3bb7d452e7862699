using System;
using System.Runtime.InteropServices;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing;

/// <summary>
/// The header of a packet on a device with offload, in both directions: <c>struct virtio_net_hdr</c> of
/// <c>linux/virtio_net.h</c>, in the byte order of the machine.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct OffloadHeader
{
    private const byte FlagNeedsChecksum = 1;
    private const byte TypeTcpIPv4 = 1;
    private const byte TypeTcpIPv6 = 4;
    private const byte TypeCongestionFlag = 0x80;
    private const int TcpChecksumAt = 16;

    private readonly byte _flags;
    private readonly byte _type;
    private readonly ushort _headerLength;
    private readonly ushort _segmentSize;
    private readonly ushort _checksumStart;
    private readonly ushort _checksumOffset;

    private OffloadHeader(in Offload offload, int ipHeaderLength, int headerLength)
    {
        if (!offload.NeedsChecksum)
            return;

        _flags = FlagNeedsChecksum;
        _checksumStart = (ushort)ipHeaderLength;
        _checksumOffset = TcpChecksumAt;
        if (offload.SegmentSize == 0)
            return;

        // The kernel refuses the length without a type, and a type without the missing checksum.
        _type = ipHeaderLength == IpPacketView.IPv4HeaderLength ? TypeTcpIPv4 : TypeTcpIPv6;
        if (offload.HasCongestionFlag)
            _type |= TypeCongestionFlag;
        _headerLength = (ushort)headerLength;
        _segmentSize = offload.SegmentSize;
    }

    /// <summary>What the kernel left to the device. Only valid for TCP: the core forwards no other packet with a checksum.</summary>
    public Offload ToOffload() => (_flags & FlagNeedsChecksum) == 0
        ? default
        : new Offload(NeedsChecksum: true, _type == 0 ? (ushort)0 : _segmentSize, (_type & TypeCongestionFlag) != 0);

    /// <param name="offload">What the kernel must do.</param>
    /// <param name="packet">A packet of the balancer: without IPv4 options and IPv6 extension headers.</param>
    public static OffloadHeader For(in Offload offload, ReadOnlySpan<byte> packet)
    {
        if (!offload.NeedsChecksum)
            return default;

        int ipHeaderLength = packet[0] >> 4 == 4 ? IpPacketView.IPv4HeaderLength : IpPacketView.IPv6HeaderLength;
        return new OffloadHeader(offload, ipHeaderLength, ipHeaderLength + (packet[ipHeaderLength + 12] >> 4 << 2));
    }
}
