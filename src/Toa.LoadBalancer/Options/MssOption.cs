using System;
using System.Buffers.Binary;

namespace Toa.LoadBalancing.Options;

/// <summary>Lowers the largest segment that one side tells the other to send.</summary>
internal static class MssOption
{
    private const int Length = 4;

    // What every host must take (RFC 9293 counts 536) is far above; this only keeps a tiny value from going below zero.
    private const int Least = 64;

    /// <summary>
    /// Lowers the value by what the other side's segments grow on their way, and to what the path takes. A SYN without
    /// the option stays so: what its lack stands for is small enough.
    /// </summary>
    /// <param name="options">Of a SYN or SYN-ACK.</param>
    /// <param name="growth">Bytes that are added to a segment on its way to whoever wrote the value.</param>
    /// <param name="most">What the path takes.</param>
    /// <returns>Whether there was anything to lower.</returns>
    public static bool Lower(Span<byte> options, int growth, int most)
    {
        TcpOptionReader reader = new(options);
        while (reader.MoveNext())
        {
            if (reader.Kind != TcpOptionKind.MaximumSegmentSize || reader.Length != Length)
                continue;

            Span<byte> value = options.Slice(reader.Start + 2, 2);
            int announced = BinaryPrimitives.ReadUInt16BigEndian(value);
            int lowered = Math.Max(Math.Min(announced - growth, most), Least);
            if (lowered >= announced)
                return false;
            BinaryPrimitives.WriteUInt16BigEndian(value, (ushort)lowered);
            return true;
        }

        return false;
    }
}
