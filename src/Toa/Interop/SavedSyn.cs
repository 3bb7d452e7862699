using System;
using System.Buffers.Binary;
using Toa.Shared;

namespace Toa.Interop;

/// <summary>Reads a connection's first packet, as getsockopt(TCP_SAVED_SYN) answers it: an IP and a TCP header.</summary>
internal static class SavedSyn
{
    /// <summary>No IP header with its extensions and no TCP header that a kernel keeps is longer.</summary>
    public const int LargestSize = 512;

    /// <summary>Reads a packet.</summary>
    /// <param name="packet">From the IP header's first byte on.</param>
    /// <param name="mapped">Whether the socket is an AF_INET6 one.</param>
    /// <param name="client">The client that its first TOA option names; <c>default</c> where there is none.</param>
    /// <param name="peer">Who sent it.</param>
    /// <returns>False if it is no segment of TCP.</returns>
    public static bool TryRead(ReadOnlySpan<byte> packet, bool mapped, out ToaEndPoint client, out ToaEndPoint peer)
    {
        client = default;
        peer = default;
        if (!TcpSegment.TryFind(packet, out TcpSegment segment) || segment.SourcePort == 0)
            return false;
        peer = new ToaEndPoint(Read(segment.SourceAddress), segment.SourcePort, ToaSource.TransportPeer, mapped);

        // The first one wins, as everywhere in this project: balancers put theirs before what the client sent.
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
