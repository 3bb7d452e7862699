using System;
using Toa.Internal;
using Toa.Shared;

namespace Toa.Interop;

/// <summary>Reads a saved SYN, as getsockopt(TCP_SAVED_SYN) returns it: an IP header and a TCP header.</summary>
internal static class SavedSyn
{
    /// <summary>No saved SYN is longer: an IP header with its extensions, and a TCP header.</summary>
    public const int LargestSize = 512;

    // The experimental Fast Open option (RFC 7413, appendix A) has a number where a TOA option has the port. It is not skipped:
    // behind such an option of the balancer, an option that the client forged would be read.
    private const byte FastOpenKind = 254;
    private const ushort FastOpenPort = 0xf989;

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
        if (scan.Format is not { } format || !TryReadClient(scan, format, mapped, out found.ClientField))
        {
            found.ClientField = found.PeerField;
            found.ReasonField = ToaFallbackReason.NoOption;
            return true;
        }

        found.FormatField = (ToaFormat)format.Number;
        found.DetailsField = ReadDetails(scan, format, mapped);
        return true;
    }

    private static bool TryReadClient(in OptionScan scan, OptionFormat format, bool mapped, out ToaEndPoint client)
    {
        client = Read(scan.Client, format, format.Client, format.ClientPort, mapped);
        bool mayBeFastOpen = scan.Kind == FastOpenKind && client.Port == FastOpenPort;
        return !mayBeFastOpen && client.CanBeClient(hasPort: format.ClientPort != 0);
    }

    /// <summary>Reads the virtual address and the network. The fields of the client's own option have priority.</summary>
    private static OptionDetails? ReadDetails(in OptionScan scan, OptionFormat format, bool mapped)
    {
        ToaEndPoint virtualEnd = default;
        uint networkId = 0;
        if (format.VirtualAddress != 0)
            virtualEnd = ReadVirtual(scan.Client, format, mapped);
        else if (!scan.Virtual.IsEmpty)
            virtualEnd = ReadVirtual(scan.Virtual, OptionFormat.Virtual, mapped);
        if (format.NetworkId != 0)
            networkId = format.ReadNetworkId(scan.Client);
        else if (!scan.Network.IsEmpty)
            networkId = OptionFormat.Network.ReadNetworkId(scan.Network);
        return OptionDetails.Create(virtualEnd, networkId);
    }

    private static ToaEndPoint ReadVirtual(ReadOnlySpan<byte> option, OptionFormat format, bool mapped) =>
        Read(option, format, format.VirtualAddress, format.VirtualPort, mapped);

    private static ToaEndPoint Read(ReadOnlySpan<byte> option, OptionFormat format, byte address, byte port, bool mapped) => new(
        OptionFields.ReadAddress(option, address, format), OptionFormat.ReadPort(option, port), OptionFields.SourceOf(format), mapped);

    private static Address128 Read(ReadOnlySpan<byte> address) =>
        address.Length == Address128.Size ? Address128.Read(address) : Address128.ReadIPv4(address);
}
