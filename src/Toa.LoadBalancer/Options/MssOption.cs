using System;
using System.Buffers.Binary;

namespace Toa.LoadBalancing.Options;

/// <summary>Lowers the maximum segment size that one side announces to the other.</summary>
internal static class MssOption
{
    private const int Length = 4;

    // Every host must accept far more (536 bytes in RFC 9293). This only prevents that a tiny value becomes negative.
    private const int Least = 64;

    /// <summary>
    /// Lowers the value by the bytes that are added to the other side's segments, and to the limit of the path. A SYN without
    /// the MSS option is not changed: the default MSS is small enough.
    /// </summary>
    /// <param name="options">The options of a SYN or SYN-ACK.</param>
    /// <param name="growth">Bytes that the balancer adds to a segment on its way to the end that announced the value.</param>
    /// <param name="most">The maximum segment size of the path.</param>
    /// <returns>Whether the value was lowered.</returns>
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
