using System;
using System.Buffers.Binary;

namespace Toa.Injector.Packets;

/// <summary>The ones' complement sum of RFC 1071 over big-endian 16-bit words.</summary>
internal static class InternetChecksum
{
    private const byte TcpProtocol = 6;

    /// <summary>Adds bytes to a running sum. Only the last piece of a sum may have an odd length.</summary>
    internal static ulong Add(ulong sum, ReadOnlySpan<byte> bytes)
    {
        // 32 bits at a time: folding makes 2^16 equal to 1, so the halves do not need to be added separately.
        while (bytes.Length >= sizeof(uint))
        {
            sum += BinaryPrimitives.ReadUInt32BigEndian(bytes);
            bytes = bytes[sizeof(uint)..];
        }

        if (bytes.Length >= sizeof(ushort))
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
            bytes = bytes[sizeof(ushort)..];
        }

        return bytes.IsEmpty ? sum : sum + ((ulong)bytes[0] << 8);
    }

    /// <summary>The checksum for a sum; 0 if the sum included a correct checksum.</summary>
    internal static ushort Finish(ulong sum)
    {
        while (sum >> 16 != 0)
            sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }

    /// <summary>The sum of the pseudo header, which ties a TCP checksum to its addresses.</summary>
    internal static ulong PseudoHeader(in TcpFlow flow, int tcpLength)
    {
        // The same for both versions: a mapped IPv4 address has one more word, 0xffff, which is zero in ones'
        // complement.
        Span<byte> addresses = stackalloc byte[32];
        BinaryPrimitives.WriteUInt128BigEndian(addresses, flow.SourceAddress);
        BinaryPrimitives.WriteUInt128BigEndian(addresses[16..], flow.DestinationAddress);
        return Add((ulong)tcpLength + TcpProtocol, addresses);
    }
}
