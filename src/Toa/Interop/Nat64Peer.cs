using System;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Toa.Interop;

/// <summary>Reads struct toa_nat64_peer, the answer of a TOA provider.</summary>
internal static class Nat64Peer
{
    /// <summary>
    /// Reads an answer, unless it is none: another length means another ABI under the same number, and an address that
    /// no client can have is one that nobody filled in, or that somebody forged.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> answer, int length, [NotNullWhen(true)] out IPEndPoint? client)
    {
        client = null;
        if (length != ToaAbi.Nat64PeerSize)
            return false;

        ReadOnlySpan<byte> address = answer.Slice(ToaAbi.Nat64PeerAddress, IPv6Bytes.Size);
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(answer.Slice(ToaAbi.Nat64PeerPort));
        if (port == 0 || !IPv6Bytes.CanBeClient(address))
            return false;

        client = new IPEndPoint(IPv6Bytes.ToIPAddress(address), port);
        return true;
    }
}
