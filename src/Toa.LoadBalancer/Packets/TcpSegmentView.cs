using System;
using System.Buffers.Binary;

namespace Toa.LoadBalancing.Packets;

/// <summary>Reads a TCP segment in place.</summary>
internal readonly ref struct TcpSegmentView
{
    public const int BaseHeaderLength = 20;
    public const int MaxOptionsLength = 40;

    private readonly ReadOnlySpan<byte> _segment;

    private TcpSegmentView(ReadOnlySpan<byte> segment, int headerLength, in Offload offload)
    {
        _segment = segment;
        Offload = offload;
        Options = segment[BaseHeaderLength..headerLength];
        Payload = segment[headerLength..];
    }

    /// <summary>The header without its options.</summary>
    public ReadOnlySpan<byte> BaseHeader => _segment[..BaseHeaderLength];

    /// <summary>All option bytes, including padding.</summary>
    public ReadOnlySpan<byte> Options { get; }

    public ReadOnlySpan<byte> Payload { get; }

    public int Length => _segment.Length;

    /// <summary>What the device must still do. With a <see cref="Offload.SegmentSize"/>, this is several segments on the wire.</summary>
    public Offload Offload { get; }

    /// <summary>The number of packets on the wire.</summary>
    public int Packets => Offload.PacketsFor(Payload.Length);

    /// <summary>The length of the largest segment on the wire.</summary>
    public int LargestLength => Length - Payload.Length + Offload.LargestPayload(Payload.Length);

    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_segment);

    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_segment[2..]);

    public uint SequenceNumber => BinaryPrimitives.ReadUInt32BigEndian(_segment[4..]);

    public uint AcknowledgmentNumber => BinaryPrimitives.ReadUInt32BigEndian(_segment[8..]);

    public TcpFlags Flags => (TcpFlags)_segment[13];

    public bool IsSyn => (Flags & TcpFlags.Syn) != 0;

    public bool IsAck => (Flags & TcpFlags.Ack) != 0;

    public bool IsFin => (Flags & TcpFlags.Fin) != 0;

    public bool IsReset => (Flags & TcpFlags.Rst) != 0;

    /// <summary>Whether it opens a connection: SYN without ACK.</summary>
    public bool IsOpening => (Flags & (TcpFlags.Syn | TcpFlags.Ack)) == TcpFlags.Syn;

    /// <summary>The sequence number after the segment: after its data, a SYN and a FIN.</summary>
    public uint SequenceEnd => SequenceNumber + (uint)Payload.Length + (IsSyn ? 1u : 0) + (IsFin ? 1u : 0);

    public static bool TryRead(
        ReadOnlySpan<byte> segment, in Offload offload, out TcpSegmentView view, out DropReason reason)
    {
        view = default;
        reason = DropReason.BadTcpHeader;
        if (segment.Length < BaseHeaderLength)
            return false;

        int headerLength = segment[12] >> 4 << 2;
        if (headerLength < BaseHeaderLength || headerLength > segment.Length)
            return false;

        view = new TcpSegmentView(segment, headerLength, offload);
        reason = DropReason.BadTcpFlags;
        return HasSoundFlags(view.Flags);
    }

    // TCP does not send other combinations. Scanners do, and servers react differently to them.
    private static bool HasSoundFlags(TcpFlags flags)
    {
        TcpFlags of = flags & (TcpFlags.Syn | TcpFlags.Fin | TcpFlags.Rst | TcpFlags.Ack);
        return (of & TcpFlags.Syn) != 0
            ? (of & (TcpFlags.Fin | TcpFlags.Rst)) == 0
            : (of & (TcpFlags.Ack | TcpFlags.Rst)) != 0;
    }
}
