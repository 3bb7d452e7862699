using System;
using System.Buffers.Binary;
using Toa.Shared;

namespace Toa.Interop;

/// <summary>Reads struct toa_info, which this project's providers answer.</summary>
internal static class ToaInfo
{
    /// <summary>
    /// Reads an answer. False if its fields do not fit together: it then comes from other code that uses the same number for its
    /// own purpose.
    /// </summary>
    /// <param name="answer">The bytes that the kernel wrote, in a buffer of at least <see cref="ToaAbi.InfoSize"/> bytes.</param>
    /// <param name="length">The number of bytes that the kernel wrote.</param>
    /// <param name="mapped">Whether the socket is an AF_INET6 one.</param>
    /// <param name="client">The client from the TOA option, valid or not; <c>default</c> if there was no TOA option.</param>
    /// <param name="peer">The transport peer.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> answer, int length, bool mapped, out ToaEndPoint client, out ToaEndPoint peer)
    {
        client = default;
        peer = default;
        if (length != ToaAbi.InfoSize)
            return false;

        int optionLength = answer[ToaAbi.InfoLength];
        Address128 clientAddress = Address128.Read(answer.Slice(ToaAbi.InfoClient));
        Address128 peerAddress = Address128.Read(answer.Slice(ToaAbi.InfoPeer));
        ushort clientPort = BinaryPrimitives.ReadUInt16BigEndian(answer.Slice(ToaAbi.InfoClientPort));
        ushort peerPort = BinaryPrimitives.ReadUInt16BigEndian(answer.Slice(ToaAbi.InfoPeerPort));
        bool hasOption = answer[ToaAbi.InfoKind] != 0;

        bool optionIsSound = hasOption
            ? optionLength == ToaOptionAbi.LengthIPv6 || (optionLength == ToaOptionAbi.LengthIPv4 && clientAddress.IsIPv4)
            : optionLength == 0 && clientPort == 0 && clientAddress == default;
        bool restIsSound = peerPort != 0 && peerAddress != default
            && answer[ToaAbi.InfoReserved] == 0 && answer[ToaAbi.InfoReserved + 1] == 0;
        if (!optionIsSound || !restIsSound)
            return false;

        peer = new ToaEndPoint(peerAddress, peerPort, ToaSource.TransportPeer, mapped);
        if (hasOption)
        {
            ToaSource source = optionLength == ToaOptionAbi.LengthIPv4 ? ToaSource.IPv4Option : ToaSource.IPv6Option;
            client = new ToaEndPoint(clientAddress, clientPort, source, mapped);
        }

        return true;
    }
}
