using System;
using System.Buffers.Binary;
using Toa.Shared;

namespace Toa.Interop;

/// <summary>Reads a saved SYN, as getsockopt(TCP_SAVED_SYN) returns it: an IP header and a TCP header.</summary>
internal static class SavedSyn
{
    /// <summary>No saved SYN is longer: an IP header with its extensions, and a TCP header.</summary>
    public const int LargestSize = 512;

    /// <summary>Reads a packet.</summary>
    /// <param name="packet">The bytes from the start of the IP header.</param>
    /// <param name="mapped">Whether the socket is an AF_INET6 one.</param>
    /// <param name="client">The client from the first TOA option; <c>default</c> if the packet has no TOA option with a usable client.</param>
    /// <param name="peer">The sender of the packet.</param>
    /// <returns>False if it is not a TCP segment.</returns>
    public static bool TryRead(ReadOnlySpan<byte> packet, bool mapped, out ToaEndPoint client, out ToaEndPoint peer)
    {
        client = default;
        peer = default;
        if (!TcpSegment.TryFind(packet, out TcpSegment segment) || segment.SourcePort == 0)
            return false;
        peer = new ToaEndPoint(Read(segment.SourceAddress), segment.SourcePort, ToaSource.TransportPeer, mapped);

        // The first TOA option wins, as everywhere in this project: balancers write theirs before the options of the client.
        TcpOptionWalk walk = new(segment.Options);
        ToaSource source = ToaSource.None;
        while (source == ToaSource.None && walk.MoveNext())
            source = SourceOf(walk.Kind, walk.Length);
        if (source == ToaSource.None)
            return true;
        int port = BinaryPrimitives.ReadUInt16BigEndian(walk.Value);
        ToaEndPoint named = new(Read(walk.Value.Slice(sizeof(ushort))), port, source, mapped);
        if (named.CanBeClient)
            client = named;
        return true;
    }

    private static ToaSource SourceOf(byte kind, byte length) => (kind, length) switch
    {
        (ToaOptionAbi.KindIPv4, ToaOptionAbi.LengthIPv4) => ToaSource.IPv4Option,
        (ToaOptionAbi.KindIPv6, ToaOptionAbi.LengthIPv6) => ToaSource.IPv6Option,
        _ => ToaSource.None,
    };

    private static Address128 Read(ReadOnlySpan<byte> address) =>
        address.Length == Address128.Size ? Address128.Read(address) : Address128.ReadIPv4(address);
}
