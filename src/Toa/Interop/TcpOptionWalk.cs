using System;
using System.Buffers.Binary;
using System.Net;

namespace Toa.Interop;

/// <summary>Goes through a TCP header's list of options.</summary>
internal ref struct TcpOptionWalk(ReadOnlySpan<byte> options)
{
    private const byte End = 0, NoOperation = 1;

    private ReadOnlySpan<byte> _rest = options;

    public byte Kind { get; private set; }

    /// <summary>Its length byte: kind and length themselves count.</summary>
    public byte Length { get; private set; }

    /// <summary>What follows kind and length.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>The list breaks off: what follows cannot be told.</summary>
    public bool IsBroken { get; private set; }

    public bool MoveNext()
    {
        while (!_rest.IsEmpty && _rest[0] == NoOperation)
            _rest = _rest.Slice(1);
        if (_rest.IsEmpty || _rest[0] == End)
            return false;
        if (_rest.Length < 2 || _rest[1] < 2 || _rest[1] > _rest.Length)
        {
            IsBroken = true;
            return false;
        }

        (Kind, Length) = (_rest[0], _rest[1]);
        Value = _rest.Slice(2, Length - 2);
        _rest = _rest.Slice(Length);
        return true;
    }

    /// <summary>The port and address of a TOA option, if it has the length of one.</summary>
    public readonly IPEndPoint? Client => Length is ToaAbi.OptionLengthIPv4 or ToaAbi.OptionLengthIPv6
        ? new IPEndPoint(new IPAddress(Value.Slice(2).ToArray()), BinaryPrimitives.ReadUInt16BigEndian(Value))
        : null;
}
