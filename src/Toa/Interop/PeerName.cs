using System;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Runtime.InteropServices;

namespace Toa.Interop;

/// <summary>Reads struct sockaddr_in and struct sockaddr_in6, the answers of getpeername.</summary>
internal static class PeerName
{
    /// <summary>Reads an answer, unless it is cut short or of a family that TCP does not have.</summary>
    public static bool TryRead(ReadOnlySpan<byte> answer, int length, [NotNullWhen(true)] out IPEndPoint? peer)
    {
        peer = null;
        int family = MemoryMarshal.Read<ushort>(answer.Slice(SocketAddressAbi.Family));
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(answer.Slice(SocketAddressAbi.Port));

        if (family == SocketAddressAbi.InterNetwork && length >= SocketAddressAbi.InterNetworkSize)
            peer = new IPEndPoint(IPv4(answer), port);
        else if (family == SocketAddressAbi.InterNetworkV6 && length >= SocketAddressAbi.InterNetworkV6Size)
            peer = new IPEndPoint(IPv6(answer), port);
        return peer is not null;
    }

    // IPAddress takes the four bytes as they lie in memory.
    private static IPAddress IPv4(ReadOnlySpan<byte> answer) =>
        new((long)MemoryMarshal.Read<uint>(answer.Slice(SocketAddressAbi.InterNetworkAddress)));

    private static IPAddress IPv6(ReadOnlySpan<byte> answer) =>
        IPv6Bytes.ToIPAddress(
            answer.Slice(SocketAddressAbi.InterNetworkV6Address, IPv6Bytes.Size),
            MemoryMarshal.Read<uint>(answer.Slice(SocketAddressAbi.InterNetworkV6ScopeId)));
}
