using System;
using System.Collections.Generic;
using System.Linq;

namespace Toa.Scenarios.Randomized;

/// <summary>
/// Creates random option bytes: valid TOA options, nearly valid and malformed ones, other options, and noise, all frequent.
/// </summary>
internal sealed class OptionLottery(Random random, IReadOnlyDictionary<byte, ModelFormat[]> kinds)
{
    /// <summary>Returns a multiple of four bytes.</summary>
    public byte[] Draw(int most)
    {
        // Long lists are more frequent: an IPv6 client alone takes half of a header.
        int length = 4 * Math.Max(random.Next(most / 4 + 1), random.Next(most / 4 + 1));
        bool whole = random.Next(2) == 0;
        var bytes = new List<byte>(2 * most);
        while (bytes.Count < length)
        {
            byte[] piece = Piece();
            // Half of the lists end between two options, the others wherever the header ends.
            if (whole && bytes.Count + piece.Length > length)
                piece = [.. Enumerable.Repeat((byte)random.Next(2), length - bytes.Count)];
            bytes.AddRange(piece);
        }
        return [.. bytes.Take(length)];
    }

    private byte[] Piece() => random.Next(20) switch
    {
        < 10 => Valid(),
        10 => Option(Kind(), random.Next(21), Noise(18)), // the length byte may not match the bytes
        11 => Sound(Kind(), 2 + random.Next(20)),
        12 => Sound(Kind(), Length()),
        13 => Option(Kind(), random.Next(256), []),
        < 16 => Sound((byte)random.Next(2, 256), 2 + random.Next(10)),
        < 18 => [.. Enumerable.Repeat((byte)1, 1 + random.Next(4))],
        18 => Noise(1 + random.Next(12)),
        _ => random.Next(4) == 0 ? [0] : Noise(2),
    };

    private byte[] Valid()
    {
        byte kind = Kind();
        ModelFormat format = Any(kinds[kind]);
        byte[] option = Sound(kind, format.Length);
        if (format.Port is { } port)
            Port().CopyTo(option, port);
        foreach (int? address in (int?[])[format.Client, format.Virtual])
        {
            if (address is { } at)
                (format.AddressSize == 4 ? IPv4() : IPv6()).CopyTo(option, at);
        }

        return option;
    }

    private byte Kind() => Any([.. kinds.Keys]);

    /// <summary>The length of a format, often of another kind.</summary>
    private int Length() => Any(kinds[Kind()]).Length;

    private T Any<T>(T[] choices) => choices[random.Next(choices.Length)];

    private byte[] Sound(byte kind, int length) => Option(kind, length, Noise(length - 2));

    private static byte[] Option(byte kind, int length, byte[] body) => [kind, (byte)length, .. body];

    private byte[] Port() => random.Next(8) == 0 ? [0, 0] : Noise(2);

    private byte[] IPv4()
    {
        byte[] address = Noise(4);
        switch (random.Next(8))
        {
            case 0:
                return [0, 0, 0, (byte)random.Next(2)];
            case 1: // around the limits of loopback, multicast and higher addresses
                ReadOnlySpan<byte> edges = [0, 126, 127, 128, 223, 224, 239, 240, 255];
                address[0] = edges[random.Next(edges.Length)];
                return address;
            case 2:
                return [255, 255, 255, 255];
            default:
                return address;
        }
    }

    private byte[] IPv6() => random.Next(8) switch
    {
        0 => [.. new byte[15], (byte)random.Next(3)], // ::, ::1 and ::2
        1 => [(byte)random.Next(254, 256), .. Noise(15)],
        2 => [.. new byte[10], 255, 255, .. IPv4()],
        3 => [.. new byte[12], .. IPv4()],
        _ => [0x20, 0x01, 0x0d, 0xb8, .. Noise(12)],
    };

    private byte[] Noise(int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
