using System;
using System.Buffers.Binary;

namespace Toa.Interop;

/// <summary>Reads struct toa_nat64_peer, what every TOA provider answers.</summary>
internal static class Nat64Peer
{
    /// <summary>
    /// Reads an answer, unless it is none: another length means another ABI under the same number, and an address that
    /// no client can have is one that nobody filled in, or that somebody forged.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> answer, int length, out ToaEndPoint client)
    {
        client = default;
        if (length != ToaAbi.Nat64PeerSize)
            return false;

        Address128 address = Address128.Read(answer.Slice(ToaAbi.Nat64PeerAddress));
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(answer.Slice(ToaAbi.Nat64PeerPort));
        ToaEndPoint read = new(address, port, ToaSource.IPv6Option);
        if (read.CanBeClient)
            client = read;
        return read.CanBeClient;
    }
}
