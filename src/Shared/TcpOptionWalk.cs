using System;

namespace Toa.Shared;

/// <summary>Walks through the options of a TCP header.</summary>
internal ref struct TcpOptionWalk(ReadOnlySpan<byte> options)
{
    private const byte End = 0, NoOperation = 1;

    public byte Kind { get; private set; }

    /// <summary>The option's length byte, which counts kind and length too.</summary>
    public byte Length { get; private set; }

    /// <summary>The option's bytes after kind and length.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>The bytes after the option. If <see cref="MoveNext"/> returned false: the end of the list, or an invalid option.</summary>
    public ReadOnlySpan<byte> Rest { get; private set; } = options;

    /// <summary>Moves to the next option.</summary>
    /// <returns>False at the end of the list, or if the option is malformed.</returns>
    public bool MoveNext()
    {
        while (!Rest.IsEmpty && Rest[0] == NoOperation)
            Rest = Rest.Slice(1);
        if (Rest.IsEmpty || Rest[0] == End || Rest.Length < 2 || Rest[1] < 2 || Rest[1] > Rest.Length)
            return false;
        (Kind, Length) = (Rest[0], Rest[1]);
        Value = Rest.Slice(2, Length - 2);
        Rest = Rest.Slice(Length);
        return true;
    }
}
