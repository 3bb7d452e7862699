using System;
using Toa.LoadBalancing.Capture;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Faults;

/// <summary>A copy of a packet that is sent later. The object is used again for other packets.</summary>
internal sealed class HeldPacket
{
    // Long enough for another packet to arrive, and shorter than a retransmission timeout.
    public const long LongestMilliseconds = 20;

    private byte[] _bytes = [];
    private Offload _offload;
    private FlowTag? _flow;
    private int _length;

    public bool IsEmpty => _length == 0;

    /// <summary>In milliseconds. Never, if there is no packet.</summary>
    public long DueAt { get; private set; } = long.MaxValue;

    public void Hold(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, in Offload offload, FlowTag? flow, long dueAt)
    {
        _length = headers.Length + payload.Length;
        if (_bytes.Length < _length)
            _bytes = new byte[Math.Max(_length, 2048)];
        headers.CopyTo(_bytes);
        payload.CopyTo(_bytes.AsSpan(headers.Length));
        _offload = offload;
        _flow = flow;
        DueAt = dueAt;
    }

    public ReadOnlySpan<byte> Release(out Offload offload, out FlowTag? flow)
    {
        ReadOnlySpan<byte> packet = _bytes.AsSpan(0, _length);
        (offload, flow) = (_offload, _flow);
        _flow = null;
        _length = 0;
        DueAt = long.MaxValue;
        return packet;
    }
}
