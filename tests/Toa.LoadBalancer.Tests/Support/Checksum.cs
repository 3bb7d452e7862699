using System;
using System.Buffers.Binary;

namespace Toa.LoadBalancing.Tests.Support;

/// <summary>Checksums computed by their definition, word by word, without code of the balancer.</summary>
internal static class Checksum
{
    public static int Sum(ReadOnlySpan<byte> bytes)
    {
        long sum = 0;
        for (int i = 0; i < bytes.Length; i++)
            sum += i % 2 == 0 ? bytes[i] << 8 : bytes[i];
        while (sum > 0xffff)
            sum = (sum & 0xffff) + (sum >> 16);
        return (int)sum;
    }

    /// <summary>Writes the checksum of some bytes into them.</summary>
    public static void Write(Span<byte> bytes, int at, int pseudoHeaderSum)
    {
        bytes[at] = 0;
        bytes[at + 1] = 0;
        int sum = Sum(bytes) + pseudoHeaderSum;
        while (sum > 0xffff)
            sum = (sum & 0xffff) + (sum >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[at..], (ushort)~sum);
    }
}
