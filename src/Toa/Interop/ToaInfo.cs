using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Toa.Internal;
using Toa.Shared;

namespace Toa.Interop;

/// <summary>Reads struct toa_info, which this project's providers answer.</summary>
internal static class ToaInfo
{
    private const int ShortestOption = 2;

    /// <summary>
    /// Reads an answer. False if its fields do not fit together: it then comes from other code that uses the same number for its
    /// own purpose.
    /// </summary>
    /// <param name="answer">The bytes that the kernel wrote, in a buffer of at least <see cref="ToaAbi.InfoSize"/> bytes.</param>
    /// <param name="length">The number of bytes that the kernel wrote.</param>
    /// <param name="mapped">Whether the socket is an AF_INET6 one.</param>
    /// <param name="found">
    /// The client from the TOA option; the transport peer if there was no TOA option, or no client can have its address.
    /// </param>
    public static bool TryRead(ReadOnlySpan<byte> answer, int length, bool mapped, out ToaResolution found)
    {
        found = default;
        if (length != ToaAbi.InfoSize)
            return false;

        byte kind = answer[ToaAbi.InfoKind];
        byte number = answer[ToaAbi.InfoFormat];
        OptionFormat? format = OptionFields.FormatOf(number);
        Address128 client = Address128.Read(answer.Slice(ToaAbi.InfoClient));
        ushort port = ReadPort(answer, ToaAbi.InfoClientPort);
        Address128 peer = Address128.Read(answer.Slice(ToaAbi.InfoPeer));
        ushort peerPort = ReadPort(answer, ToaAbi.InfoPeerPort);
        Address128 virtualAddress = Address128.Read(answer.Slice(ToaAbi.InfoVirtualAddress));
        ushort virtualPort = ReadPort(answer, ToaAbi.InfoVirtualPort);
        uint networkId = MemoryMarshal.Read<uint>(answer.Slice(ToaAbi.InfoNetworkId));

        bool optionIsSound = kind != 0
            ? IsSound(format, number, answer[ToaAbi.InfoLength], client, port)
            : (answer[ToaAbi.InfoLength] | number | port | virtualPort) == 0 && networkId == 0
                && client == default && virtualAddress == default;
        bool restIsSound = peerPort != 0 && peer != default
            && ReadPort(answer, ToaAbi.InfoReserved) == 0 && answer[ToaAbi.InfoReserved2] == 0;
        if (!optionIsSound || !restIsSound)
            return false;

        found.PeerField = new ToaEndPoint(peer, peerPort, ToaSource.TransportPeer, mapped);
        found.ClientField = new ToaEndPoint(client, port, SourceOf(format, client), mapped);
        if (kind != 0 && found.ClientField.CanBeClient(hasPort: format is null ? port != 0 : format.ClientPort != 0))
        {
            found.FormatField = (ToaFormat)number;
            ToaSource virtualSource = SourceOf(format is { VirtualAddress: not 0 } ? format : null, virtualAddress);
            found.DetailsField = OptionDetails.Create(
                new ToaEndPoint(virtualAddress, virtualPort, virtualSource, mapped), networkId);
            return true;
        }

        found.ClientField = found.PeerField;
        found.ReasonField = kind == 0 ? ToaFallbackReason.NoOption : ToaFallbackReason.UnusableAnswer;
        return true;
    }

    /// <summary>Whether an option can have this length, client and port. A newer provider may have more formats.</summary>
    private static bool IsSound(OptionFormat? format, byte number, byte length, Address128 client, ushort port) => format is null
        ? number != 0 && length >= ShortestOption
        : format.Client != 0 && length == format.Length
            && (format.AddressSize == Address128.Size || client.IsIPv4) && (format.ClientPort != 0 || port == 0);

    private static ToaSource SourceOf(OptionFormat? format, Address128 address) =>
        format is not null ? OptionFields.SourceOf(format) : address.IsIPv4 ? ToaSource.IPv4Option : ToaSource.IPv6Option;

    private static ushort ReadPort(ReadOnlySpan<byte> answer, int offset) =>
        BinaryPrimitives.ReadUInt16BigEndian(answer.Slice(offset));
}
