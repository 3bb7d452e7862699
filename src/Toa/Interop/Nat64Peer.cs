using System;
using System.Buffers.Binary;

namespace Toa.Interop;

/// <summary>Reads struct toa_nat64_peer, which TOA providers answer.</summary>
internal static class Nat64Peer
{
    /// <summary>
    /// Reads an answer. False if it is not valid: another length means another ABI with the same number, and an address that no
    /// client can have was not filled in, or was forged.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> answer, int length, out ToaEndPoint client)
    {
        client = default;
        if (length != ToaAbi.Nat64PeerSize)
            return false;

        Address128 address = Address128.Read(answer.Slice(ToaAbi.Nat64PeerAddress));
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(answer.Slice(ToaAbi.Nat64PeerPort));
        ToaEndPoint read = new(address, port, ToaSource.IPv6Option);
        if (!read.CanBeClient(hasPort: true))
            return false;
        client = read;
        return true;
    }
}
