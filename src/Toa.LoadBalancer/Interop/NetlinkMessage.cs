using System;
using System.Runtime.InteropServices;

namespace Toa.LoadBalancing.Interop;

/// <summary>
/// Builds one netlink request in the caller's buffer: nlmsghdr, a family header, attributes aligned to 4 bytes. Netlink
/// uses the machine's byte order.
/// </summary>
internal ref struct NetlinkMessage
{
    internal const int HeaderLength = 16;

    private const int AttributeHeaderLength = 4;
    private const ushort RequestWithAcknowledgement = 0x1 | 0x4;
    private const ushort NestedAttribute = 0x8000;

    private readonly Span<byte> _buffer;
    private int _length;

    internal NetlinkMessage(Span<byte> buffer, ushort type, ushort flags, uint sequence)
    {
        _buffer = buffer;
        _buffer.Clear();
        _length = HeaderLength;
        MemoryMarshal.Write(_buffer[4..], type);
        MemoryMarshal.Write(_buffer[6..], (ushort)(RequestWithAcknowledgement | flags));
        MemoryMarshal.Write(_buffer[8..], sequence);
    }

    internal void AddByte(byte value) => _buffer[_length++] = value;

    internal void AddUInt32(uint value)
    {
        MemoryMarshal.Write(_buffer[_length..], value);
        _length += sizeof(uint);
    }

    internal void AddAttribute(ushort type, scoped ReadOnlySpan<byte> value)
    {
        int start = Begin(type);
        value.CopyTo(_buffer[_length..]);
        _length += value.Length;
        End(start);
    }

    internal void AddAttribute(ushort type, uint value)
    {
        int start = Begin(type);
        AddUInt32(value);
        End(start);
    }

    internal int BeginNested(ushort type) => Begin((ushort)(type | NestedAttribute));

    internal void End(int start)
    {
        MemoryMarshal.Write(_buffer[start..], (ushort)(_length - start));
        _length = (_length + 3) & ~3;
    }

    internal readonly ReadOnlySpan<byte> Finish()
    {
        MemoryMarshal.Write(_buffer, (uint)_length);
        return _buffer[.._length];
    }

    private int Begin(ushort type)
    {
        int start = _length;
        MemoryMarshal.Write(_buffer[(start + 2)..], type);
        _length += AttributeHeaderLength;
        return start;
    }
}
