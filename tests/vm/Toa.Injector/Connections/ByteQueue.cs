using System;

namespace Toa.Injector.Connections;

/// <summary>
/// A ring of bytes that grows up to a limit. It uses no memory before its first use: most connections only wait.
/// </summary>
internal sealed class ByteQueue(int limit)
{
    private byte[] _ring = [];
    private int _start;

    internal int Count { get; private set; }

    internal int Free => limit - Count;

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, Free);
        if (Count + bytes.Length > _ring.Length)
            Grow(Count + bytes.Length);

        int end = (_start + Count) % Math.Max(1, _ring.Length);
        int first = Math.Min(bytes.Length, _ring.Length - end);
        bytes[..first].CopyTo(_ring.AsSpan(end));
        bytes[first..].CopyTo(_ring);
        Count += bytes.Length;
    }

    internal int Read(Span<byte> destination)
    {
        int length = Math.Min(destination.Length, Count);
        int first = Math.Min(length, _ring.Length - _start);
        _ring.AsSpan(_start, first).CopyTo(destination);
        _ring.AsSpan(0, length - first).CopyTo(destination[first..]);
        Count -= length;
        _start = Count == 0 ? 0 : (_start + length) % _ring.Length;
        return length;
    }

    private void Grow(int needed)
    {
        byte[] ring = new byte[Math.Min(limit, Math.Max(needed, Math.Max(256, 2 * _ring.Length)))];
        int count = Count;
        Read(ring);
        _ring = ring;
        _start = 0;
        Count = count;
    }
}
