using System;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Faults;

/// <summary>A packet that is held until the next one is sent.</summary>
internal sealed class HeldPacket
{
    // Long enough for another packet to arrive, and shorter than a retransmission timeout.
    private const long LongestMilliseconds = 20;

    private readonly byte[] _bytes = new byte[IpPacketView.IPv6HeaderLength + ushort.MaxValue];
    private Offload _offload;
    private int _length;
    private long _since;

    public bool IsEmpty => _length == 0;

    public bool IsDue(long now) => !IsEmpty && now - _since >= LongestMilliseconds;

    public void Hold(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, in Offload offload, long now)
    {
        headers.CopyTo(_bytes);
        payload.CopyTo(_bytes.AsSpan(headers.Length));
        _offload = offload;
        _length = headers.Length + payload.Length;
        _since = now;
    }

    public void Release(IPacketSink sink)
    {
        ReadOnlySpan<byte> packet = _bytes.AsSpan(0, _length);
        _length = 0;
        sink.Send(packet, default, _offload);
    }
}
