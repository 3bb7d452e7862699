using System;
using System.Buffers.Binary;
using System.Net;

namespace Toa.Tool.Capture;

/// <summary>Goes through a TCP header's list of options.</summary>
internal ref struct OptionWalk(ReadOnlySpan<byte> options)
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
            _rest = _rest[1..];
        if (_rest.IsEmpty || _rest[0] == End)
            return false;
        if (_rest.Length < 2 || _rest[1] < 2 || _rest[1] > _rest.Length)
        {
            IsBroken = true;
            return false;
        }

        (Kind, Length) = (_rest[0], _rest[1]);
        Value = _rest[2..Length];
        _rest = _rest[Length..];
        return true;
    }

    /// <summary>The port and address of a TOA option, if it has the length of one.</summary>
    public readonly IPEndPoint? Client => Length is ToaOption.IPv4Length or ToaOption.IPv6Length
        ? new IPEndPoint(new IPAddress(Value[2..]), BinaryPrimitives.ReadUInt16BigEndian(Value))
        : null;
}
