using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using FluentAssertions;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Tests.Support;

/// <summary>What a network device does with packets that leave checksum and division into segments to it.</summary>
internal static class NetworkCard
{
    private const int ChecksumAt = 16;
    private const int FlagsAt = 13;
    private const byte FinAndPush = 0x09;
    private const byte CongestionWindowReduced = 0x80;

    /// <summary>Removes a packet's TCP checksum, as a kernel does that leaves it to the device.</summary>
    public static byte[] LeaveChecksum(byte[] packet)
    {
        byte[] left = [.. packet];
        BinaryPrimitives.WriteUInt16BigEndian(Tcp(left)[ChecksumAt..], (ushort)PseudoHeaderSum(left));
        return left;
    }

    /// <summary>The packets on the wire.</summary>
    public static IEnumerable<byte[]> Send(byte[] packet, Offload offload)
    {
        if (!offload.NeedsChecksum)
        {
            offload.SegmentSize.Should().Be(0, "the pieces of a segment need checksums");
            return [packet];
        }

        BinaryPrimitives.ReadUInt16BigEndian(Tcp(packet)[ChecksumAt..]).Should()
            .Be((ushort)PseudoHeaderSum(packet), "the device adds only the sum of the segment");
        return Divide(packet, offload);
    }

    private static List<byte[]> Divide(byte[] packet, Offload offload)
    {
        int headers = IPHeaderLength(packet) + (Tcp(packet)[12] >> 4 << 2);
        int payload = packet.Length - headers;
        int size = offload.SegmentSize == 0 ? Math.Max(payload, 1) : offload.SegmentSize;
        List<byte[]> pieces = [];
        for (int at = 0; at < payload || pieces.Count == 0; at += size)
        {
            byte[] piece = [.. packet.AsSpan(0, headers), .. packet.AsSpan(headers + at, Math.Min(size, payload - at))];
            Finish(piece, pieces.Count, at, isLast: at + size >= payload);
            pieces.Add(piece);
        }

        return pieces;
    }

    private static void Finish(byte[] piece, int number, int at, bool isLast)
    {
        Span<byte> tcp = Tcp(piece);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]) + (uint)at);
        if (!isLast)
            tcp[FlagsAt] &= unchecked((byte)~FinAndPush);
        if (number > 0)
            tcp[FlagsAt] &= unchecked((byte)~CongestionWindowReduced);
        if (IPHeaderLength(piece) == 20)
        {
            BinaryPrimitives.WriteUInt16BigEndian(piece.AsSpan(2), (ushort)piece.Length);
            BinaryPrimitives.WriteUInt16BigEndian(
                piece.AsSpan(4), (ushort)(BinaryPrimitives.ReadUInt16BigEndian(piece.AsSpan(4)) + number));
            Checksum.Write(piece.AsSpan(0, 20), at: 10, pseudoHeaderSum: 0);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(piece.AsSpan(4), (ushort)(piece.Length - 40));
        }

        Checksum.Write(tcp, ChecksumAt, PseudoHeaderSum(piece));
    }

    public static int PseudoHeaderSum(byte[] packet)
    {
        int length = Tcp(packet).Length;
        ReadOnlySpan<byte> addresses = IPHeaderLength(packet) == 20 ? packet.AsSpan(12, 8) : packet.AsSpan(8, 32);
        return Checksum.Sum([.. addresses, 0, 6, (byte)(length >> 8), (byte)length]);
    }

    private static int IPHeaderLength(byte[] packet) => packet[0] >> 4 == 4 ? 20 : 40;

    private static Span<byte> Tcp(byte[] packet) => packet.AsSpan(IPHeaderLength(packet));
}
