using System;
using System.Buffers.Binary;

namespace Toa.Interop;

/// <summary>Reads a connection's first packet, as getsockopt(TCP_SAVED_SYN) answers it: an IP and a TCP header.</summary>
internal static class SavedSyn
{
    /// <summary>No IP header with its extensions and no TCP header that a kernel keeps is longer.</summary>
    public const int LargestSize = 512;

    private const byte OptionListEnd = 0;
    private const byte NoOperation = 1;
    private const int TcpHeaderSize = 20;

    /// <summary>Reads a packet.</summary>
    /// <param name="packet">From the IP header's first byte on.</param>
    /// <param name="mapped">Whether the socket is an AF_INET6 one.</param>
    /// <param name="client">The client that its first TOA option names; <c>default</c> where there is none.</param>
    /// <param name="peer">Who sent it.</param>
    /// <returns>False if it is no SYN of TCP.</returns>
    public static bool TryRead(ReadOnlySpan<byte> packet, bool mapped, out RealClient client, out RealClient peer)
    {
        client = default;
        peer = default;
        if (!TryReadSource(packet, out Address128 source, out int headerSize))
            return false;

        ReadOnlySpan<byte> tcp = packet.Slice(headerSize);
        if (tcp.Length < TcpHeaderSize)
            return false;
        int tcpSize = (tcp[12] >> 4) * 4;
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(tcp);
        if (tcpSize < TcpHeaderSize || tcpSize > tcp.Length || port == 0)
            return false;

        peer = new RealClient(source, port, ToaSource.TransportPeer, mapped);
        client = FindClient(tcp.Slice(TcpHeaderSize, tcpSize - TcpHeaderSize), mapped);
        return true;
    }

    private static bool TryReadSource(ReadOnlySpan<byte> packet, out Address128 source, out int headerSize)
    {
        source = default;
        headerSize = 0;
        if (packet.IsEmpty)
            return false;

        bool isIPv4 = packet[0] >> 4 == 4;
        headerSize = isIPv4 ? (packet[0] & 15) * 4 : 40;
        if (packet.Length < headerSize || headerSize < 20)
            return false;
        source = isIPv4 ? Address128.ReadIPv4(packet.Slice(12)) : Address128.Read(packet.Slice(8));
        return isIPv4 || (packet[0] >> 4 == 6 && TrySkipExtensions(packet, ref headerSize));
    }

    private static bool TrySkipExtensions(ReadOnlySpan<byte> packet, ref int headerSize)
    {
        const byte HopByHop = 0, Tcp = 6, Routing = 43, Destination = 60;

        byte next = packet[6];
        while (next is HopByHop or Routing or Destination && packet.Length >= headerSize + 8)
        {
            next = packet[headerSize];
            headerSize += (packet[headerSize + 1] + 1) * 8;
        }

        return next == Tcp && headerSize <= packet.Length;
    }

    /// <summary>
    /// The first option of a kind and length that names clients wins, as everywhere in this project: balancers put theirs
    /// before what the client sent.
    /// </summary>
    private static RealClient FindClient(ReadOnlySpan<byte> options, bool mapped)
    {
        while (!options.IsEmpty && options[0] != OptionListEnd)
        {
            if (options[0] == NoOperation)
            {
                options = options.Slice(1);
                continue;
            }

            if (options.Length < 2 || options[1] < 2 || options[1] > options.Length)
                break;
            if (Is(options, ToaAbi.KindIPv4, ToaAbi.OptionLengthIPv4))
                return Read(options, Address128.ReadIPv4(options.Slice(4)), ToaSource.IPv4Option, mapped);
            if (Is(options, ToaAbi.KindIPv6, ToaAbi.OptionLengthIPv6))
                return Read(options, Address128.Read(options.Slice(4)), ToaSource.IPv6Option, mapped);
            options = options.Slice(options[1]);
        }

        return default;
    }

    private static bool Is(ReadOnlySpan<byte> option, byte kind, int length) => option[0] == kind && option[1] == length;

    private static RealClient Read(ReadOnlySpan<byte> option, Address128 address, ToaSource source, bool mapped)
    {
        RealClient client = new(address, BinaryPrimitives.ReadUInt16BigEndian(option.Slice(2)), source, mapped);
        return client.CanBeClient ? client : default;
    }
}
