using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using Toa.Shared;
using Toa.Tool.Formats;
using Toa.Tool.Language;

namespace Toa.Tool.Capture;

/// <summary>The content of an option, if the option has a certain format.</summary>
/// <param name="Format">The format.</param>
/// <param name="Vendors">The vendors that write options of this kind and format.</param>
/// <param name="Client">The client; null if the format has none.</param>
/// <param name="Virtual">The address to which the client connected; null if the format has none. Its port is 0 if that is unknown.</param>
/// <param name="NetworkId">The id of the virtual network; 0 if it is unknown.</param>
internal sealed record OptionReading(
    OptionFormat Format, IReadOnlyList<string> Vendors, IPEndPoint? Client, IPEndPoint? Virtual, uint NetworkId)
{
    /// <summary>Reads an option, which has the length of the format.</summary>
    public static OptionReading Read(OptionFormat format, ReadOnlySpan<byte> option) => new(
        format, [.. FormatWord.VendorsOf(option[0], format).Select(vendor => vendor.Name)],
        EndPoint(option, format.Client, format.ClientPort, format.AddressSize),
        EndPoint(option, format.VirtualAddress, format.VirtualPort, format.AddressSize),
        format.ReadNetworkId(option[OptionFormat.ValueOffset..]));

    /// <summary>The format and the content in words.</summary>
    public Message Describe()
    {
        Message format = Vendors.Count > 0
            ? (Message)$"format {Format.Name} ({string.Join(", ", Vendors)})"
            : $"format {Format.Name}";
        return $"{string.Join(", ", Fields().Prepend(format))}";
    }

    private IEnumerable<Message> Fields()
    {
        if (Client is not null)
            yield return $"client {Client}";
        if (Virtual is not null)
            yield return $"virtual address {Virtual}";
        if (NetworkId != 0)
            yield return $"network id {NetworkId}";
    }

    private static IPEndPoint? EndPoint(ReadOnlySpan<byte> option, byte address, byte port, byte size) => address == 0
        ? null
        : new IPEndPoint(
            new IPAddress(option.Slice(address, size)), OptionFormat.ReadPort(option[OptionFormat.ValueOffset..], port));
}
