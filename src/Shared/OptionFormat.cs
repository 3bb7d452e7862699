using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace Toa.Shared;

/// <summary>
/// The formats of TOA options in native/include/toa_format.h. They must not change: a test compiles the header and compares them.
/// </summary>
/// <remarks>
/// Offsets count from the kind byte. 0: the format has no such field. Addresses and ports are in network byte order. The client
/// and the virtual address, which is the one to which the client connected, have the same size.
/// </remarks>
/// <param name="Number">Its number in the ABI.</param>
/// <param name="Name">Its name in tables and messages.</param>
/// <param name="Length">The length byte of the option.</param>
/// <param name="Client">The offset of the client's address. 0: the option adds to one of the same header that has a client.</param>
/// <param name="ClientPort">The offset of the client's port.</param>
/// <param name="VirtualAddress">The offset of the virtual address.</param>
/// <param name="VirtualPort">The offset of its port.</param>
/// <param name="AddressSize">The size of an address: 4 (IPv4) or 16 (IPv6).</param>
/// <param name="NetworkId">The offset of the id of the virtual network.</param>
/// <param name="NetworkIdSize">The size of that id.</param>
/// <param name="IsNetworkIdLittleEndian">Whether that id is little-endian. If not, it is in network byte order.</param>
internal sealed record OptionFormat(
    byte Number, string Name, byte Length,
    byte Client, byte ClientPort, byte VirtualAddress, byte VirtualPort, byte AddressSize,
    byte NetworkId = 0, byte NetworkIdSize = 0, bool IsNetworkIdLittleEndian = false)
{
    /// <summary>The number of bytes before the value of an option: its kind and its length.</summary>
    public const int ValueOffset = 2;

    public static OptionFormat IPv4 { get; } = new(1, "ipv4", 8, 4, 2, 0, 0, 4);

    public static OptionFormat IPv6 { get; } = new(2, "ipv6", 20, 4, 2, 0, 0, 16);

    public static OptionFormat AlibabaVpc { get; } = new(3, "alibaba-vpc", 20, 4, 2, 12, 16, 4, 8, 4, true);

    public static OptionFormat AlibabaDdos { get; } = new(4, "alibaba-ddos", 40, 4, 2, 24, 0, 16, 20, 3);

    public static OptionFormat ByteDance { get; } = new(5, "bytedance", 16, 4, 2, 12, 10, 4);

    public static OptionFormat AkamaiIPv4 { get; } = new(6, "akamai-ipv4", 7, 3, 0, 0, 0, 4);

    public static OptionFormat AkamaiIPv6 { get; } = new(7, "akamai-ipv6", 19, 3, 0, 0, 0, 16);

    /// <summary>A virtual address and port, in addition to an option with a client.</summary>
    public static OptionFormat Virtual { get; } = new(14, "virtual", 8, 0, 0, 4, 2, 4);

    /// <summary>The id of a virtual network, in addition to an option with a client.</summary>
    public static OptionFormat Network { get; } = new(15, "network", 6, 0, 0, 0, 0, 0, 2, 4, true);

    /// <summary>The formats with a port and an address: each kind can have them.</summary>
    public static IReadOnlyList<OptionFormat> Plain { get; } = [IPv4, IPv6];

    public static IReadOnlyList<OptionFormat> All { get; } =
        [IPv4, IPv6, AlibabaVpc, AlibabaDdos, ByteDance, AkamaiIPv4, AkamaiIPv6, Virtual, Network];

    /// <summary>Reads a port.</summary>
    /// <param name="value">The bytes of a TOA option after the kind and the length.</param>
    /// <param name="offset">The offset of the port, counted from the kind; 0 if the format does not have it.</param>
    /// <returns>0 if the format does not have the port.</returns>
    public static ushort ReadPort(ReadOnlySpan<byte> value, byte offset) =>
        offset == 0 ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(value.Slice(offset - ValueOffset));

    /// <summary>Reads the id of the virtual network.</summary>
    /// <param name="value">The bytes of a TOA option of this format, after the kind and the length.</param>
    /// <returns>0 if the format does not have the id.</returns>
    public uint ReadNetworkId(ReadOnlySpan<byte> value)
    {
        uint id = 0;
        for (int i = 0; i < NetworkIdSize; i++)
            id = id << 8 | value[NetworkId - ValueOffset + (IsNetworkIdLittleEndian ? NetworkIdSize - 1 - i : i)];
        return id;
    }
}
