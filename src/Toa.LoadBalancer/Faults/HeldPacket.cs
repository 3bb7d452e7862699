using System;

namespace Toa.LoadBalancing.Faults;

/// <summary>A packet that is held until the next one is sent.</summary>
internal sealed class HeldPacket
{
    // Long enough for another packet to arrive, and shorter than a retransmission timeout.
    private const long LongestMilliseconds = 20;

    private readonly byte[] _bytes = new byte[ushort.MaxValue];
    private int _length;
    private long _since;

    public bool IsEmpty => _length == 0;

    public bool IsDue(long now) => !IsEmpty && now - _since >= LongestMilliseconds;

    public void Hold(ReadOnlySpan<byte> packet, long now)
    {
        packet.CopyTo(_bytes);
        _length = packet.Length;
        _since = now;
    }

    public ReadOnlySpan<byte> Release()
    {
        ReadOnlySpan<byte> packet = _bytes.AsSpan(0, _length);
        _length = 0;
        return packet;
    }
}
