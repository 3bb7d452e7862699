using System;
using System.Buffers.Binary;

namespace Toa.LoadBalancing.Packets;

/// <summary>Ones' complement sums (RFC 1071) of big-endian 16-bit words.</summary>
internal static class InternetChecksum
{
    /// <summary>The sum of the bytes, folded to 16 bits. An odd last byte counts as a word's upper half.</summary>
    public static ushort Sum(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        while (bytes.Length >= sizeof(uint))
        {
            sum += BinaryPrimitives.ReadUInt32BigEndian(bytes);
            bytes = bytes[sizeof(uint)..];
        }

        // The remaining bytes are the upper bytes of a 32-bit word, padded with zeros.
        uint rest = 0;
        for (int i = 0; i < bytes.Length; i++)
            rest |= (uint)bytes[i] << (24 - (8 * i));
        return Fold(sum + rest);
    }

    /// <summary>The sum of an address. For an IPv4-mapped one it is that of the four bytes, because 0xffff equals 0 here.</summary>
    public static ushort Sum(UInt128 address) =>
        Fold((uint)(address >> 96) + (ulong)(uint)(address >> 64) + (uint)(address >> 32) + (uint)address);

    /// <summary>The sum of the pseudo header, which the checksum also covers: addresses, protocol and length.</summary>
    public static ushort PseudoHeaderSum(UInt128 source, UInt128 destination, byte protocol, int length) =>
        Fold((ulong)Sum(source) + Sum(destination) + protocol + (uint)length);

    public static ushort Fold(ulong sum)
    {
        while (sum > ushort.MaxValue)
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        return (ushort)sum;
    }
}
