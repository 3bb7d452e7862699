using System;
using System.Net;

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
        if (!TcpSegment.TryFind(packet, out TcpSegment segment) || segment.Source.Port == 0)
            return false;
        peer = Read(segment.Source, ToaSource.TransportPeer, mapped);

        // The first one wins, as everywhere in this project: balancers put theirs before what the client sent.
        TcpOptionWalk walk = new(segment.Options);
        ToaSource source = ToaSource.None;
        while (source == ToaSource.None && walk.MoveNext())
            source = SourceOf(walk.Kind, walk.Length);
        if (source != ToaSource.None && Read(walk.Client!, source, mapped) is { CanBeClient: true } named)
            client = named;
        return true;
    }

    private static ToaSource SourceOf(byte kind, byte length) => (kind, length) switch
    {
        (ToaAbi.KindIPv4, ToaAbi.OptionLengthIPv4) => ToaSource.IPv4Option,
        (ToaAbi.KindIPv6, ToaAbi.OptionLengthIPv6) => ToaSource.IPv6Option,
        _ => ToaSource.None,
    };

    private static ToaEndPoint Read(IPEndPoint end, ToaSource source, bool mapped) =>
        new(Address128.From(end.Address), end.Port, source, mapped);
}
