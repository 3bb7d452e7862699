using System;
using System.Buffers.Binary;
using Toa.Shared;

namespace Toa.Tool.Capture.Connections;

/// <summary>The ends of the segments in one direction of a connection.</summary>
internal readonly record struct ConnectionKey(UInt128 Source, UInt128 Destination, int SourcePort, int DestinationPort, bool IsIPv6)
{
    public static ConnectionKey Of(in TcpSegment segment) => new(
        Number(segment.SourceAddress), Number(segment.DestinationAddress), segment.SourcePort, segment.DestinationPort,
        segment.SourceAddress.Length == 16);

    // Senders choose the addresses: without a secret in the hash they could make every lookup slow.
    public override int GetHashCode() => HashCode.Combine(Source, Destination, SourcePort, DestinationPort);

    private static UInt128 Number(ReadOnlySpan<byte> address) => address.Length == 16
        ? BinaryPrimitives.ReadUInt128BigEndian(address)
        : BinaryPrimitives.ReadUInt32BigEndian(address);
}
