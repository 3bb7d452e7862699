using System;
using Toa.Internal;
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
    /// <param name="formats">The formats of TOA options to read.</param>
    /// <param name="found">The client from the first TOA option, or the sender of the packet if that has no usable client.</param>
    /// <returns>False if it is not a TCP segment.</returns>
    public static bool TryRead(ReadOnlySpan<byte> packet, bool mapped, FormatSet formats, out ToaResolution found)
    {
        found = default;
        if (!TcpSegment.TryFind(packet, out TcpSegment segment) || segment.SourcePort == 0)
            return false;
        found.PeerField = new ToaEndPoint(Read(segment.SourceAddress), segment.SourcePort, ToaSource.TransportPeer, mapped);
        OptionScan scan = new(segment.Options, formats);
        if (scan.Format is not { } format || !TryReadClient(scan.Client, format, mapped, out found.ClientField))
        {
            found.ClientField = found.PeerField;
            found.ReasonField = ToaFallbackReason.NoOption;
            return true;
        }

        found.FormatField = (ToaFormat)format.Number;
        found.DetailsField = ReadDetails(scan, format);
        return true;
    }

    private static bool TryReadClient(ReadOnlySpan<byte> option, OptionFormat format, bool mapped, out ToaEndPoint client)
    {
        client = new ToaEndPoint(
            OptionFields.ReadAddress(option, format.Client, format), OptionFields.ReadPort(option, format.ClientPort),
            OptionFields.SourceOf(format), mapped);
        return client.CanBeClient(hasPort: format.ClientPort != 0);
    }

    /// <summary>Reads the virtual address and the network. The fields of the client's own option have priority.</summary>
    private static OptionDetails? ReadDetails(in OptionScan scan, OptionFormat format)
    {
        Address128 address = default;
        ushort port = 0;
        uint networkId = 0;
        if (format.VirtualAddress != 0)
            ReadVirtual(scan.Client, format, out address, out port);
        else if (!scan.Virtual.IsEmpty)
            ReadVirtual(scan.Virtual, OptionFormat.Virtual, out address, out port);
        if (format.NetworkId != 0)
            networkId = OptionFields.ReadNetworkId(scan.Client, format);
        else if (!scan.Network.IsEmpty)
            networkId = OptionFields.ReadNetworkId(scan.Network, OptionFormat.Network);
        return OptionDetails.Create(address, port, networkId);
    }

    private static void ReadVirtual(ReadOnlySpan<byte> option, OptionFormat format, out Address128 address, out ushort port)
    {
        address = OptionFields.ReadAddress(option, format.VirtualAddress, format);
        port = OptionFields.ReadPort(option, format.VirtualPort);
    }

    private static Address128 Read(ReadOnlySpan<byte> address) =>
        address.Length == Address128.Size ? Address128.Read(address) : Address128.ReadIPv4(address);
}
