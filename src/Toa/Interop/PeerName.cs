using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Toa.Interop;

/// <summary>Reads struct sockaddr_in and struct sockaddr_in6, which getpeername returns.</summary>
internal static class PeerName
{
    /// <summary>Reads an answer. False if it is truncated, or if its family is not IPv4 or IPv6.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> answer, int length, ToaSource source, out ToaEndPoint peer)
    {
        int family = MemoryMarshal.Read<ushort>(answer.Slice(SocketAddressAbi.Family));
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(answer.Slice(SocketAddressAbi.Port));

        if (family == SocketAddressAbi.InterNetwork && length >= SocketAddressAbi.InterNetworkSize)
        {
            peer = new ToaEndPoint(
                Address128.ReadIPv4(answer.Slice(SocketAddressAbi.InterNetworkAddress)), port, source);
            return true;
        }

        if (family == SocketAddressAbi.InterNetworkV6 && length >= SocketAddressAbi.InterNetworkV6Size)
        {
            Address128 address = Address128.Read(answer.Slice(SocketAddressAbi.InterNetworkV6Address));
            uint scopeId = MemoryMarshal.Read<uint>(answer.Slice(SocketAddressAbi.InterNetworkV6ScopeId));
            peer = new ToaEndPoint(address, port, source, mapped: address.IsIPv4, address.IsIPv4 ? 0 : scopeId);
            return true;
        }

        peer = default;
        return false;
    }
}
