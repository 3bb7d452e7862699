using System;
using System.Buffers.Binary;

namespace Toa.Injector.Packets;

/// <summary>Finds the options in the server's segments that a connection uses.</summary>
internal static class OptionReader
{
    private const byte EndOfList = 0;
    private const byte Nop = 1;
    private const byte Mss = 2;
    private const byte Timestamps = 8;

    internal static bool TryReadMss(ReadOnlySpan<byte> options, out ushort size)
    {
        bool found = TryFind(options, Mss, 4, out ReadOnlySpan<byte> body);
        size = found ? BinaryPrimitives.ReadUInt16BigEndian(body) : (ushort)0;
        return found;
    }

    internal static bool TryReadTimestamp(ReadOnlySpan<byte> options, out uint value)
    {
        bool found = TryFind(options, Timestamps, 10, out ReadOnlySpan<byte> body);
        value = found ? BinaryPrimitives.ReadUInt32BigEndian(body) : 0;
        return found;
    }

    private static bool TryFind(ReadOnlySpan<byte> options, byte kind, byte length, out ReadOnlySpan<byte> body)
    {
        body = default;
        while (!options.IsEmpty && options[0] != EndOfList)
        {
            if (options[0] == Nop)
            {
                options = options[1..];
                continue;
            }

            if (options.Length < 2 || options[1] < 2 || options[1] > options.Length)
                return false;

            if (options[0] == kind && options[1] == length)
            {
                body = options[2..length];
                return true;
            }

            options = options[options[1]..];
        }

        return false;
    }
}
