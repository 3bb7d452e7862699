using System;

namespace Toa.LoadBalancing.Capture;

/// <summary>Packets that wait to be written, in buffers of a fixed size.</summary>
internal sealed class CapturedPackets(int size)
{
    // A packet without data has 40 to 100 bytes.
    private readonly (CapturedPacket Packet, int End)[] _packets = new (CapturedPacket, int)[Math.Max(1, size / 64)];
    private readonly byte[] _bytes = new byte[size];

    public int Count { get; private set; }

    private int Length => Count == 0 ? 0 : _packets[Count - 1].End;

    public bool TryAdd(in CapturedPacket packet, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload)
    {
        int start = Length;
        int end = start + headers.Length + payload.Length;
        if (Count == _packets.Length || end > _bytes.Length)
            return false;

        headers.CopyTo(_bytes.AsSpan(start));
        payload.CopyTo(_bytes.AsSpan(start + headers.Length));
        _packets[Count] = (packet, end);
        Count++;
        return true;
    }

    public ReadOnlySpan<byte> Get(int index, out CapturedPacket packet)
    {
        (packet, int end) = _packets[index];
        int start = index == 0 ? 0 : _packets[index - 1].End;
        return _bytes.AsSpan(start, end - start);
    }

    public void Clear()
    {
        // The connections must not stay in memory.
        _packets.AsSpan(0, Count).Clear();
        Count = 0;
    }
}
