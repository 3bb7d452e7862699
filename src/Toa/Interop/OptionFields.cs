using System;
using System.Buffers.Binary;
using System.Linq;
using Toa.Shared;

namespace Toa.Interop;

/// <summary>Finds formats by their number, and reads the fields of TOA options.</summary>
internal static class OptionFields
{
    private const int ValueOffset = 2;

    private static readonly OptionFormat?[] ByNumber =
        [.. Enumerable.Range(0, 16).Select(number => OptionFormat.All.FirstOrDefault(format => format.Number == number))];

    /// <summary>Finds a format.</summary>
    /// <returns><see langword="null"/> if this library does not know the format.</returns>
    public static OptionFormat? FormatOf(byte number) => number < ByNumber.Length ? ByNumber[number] : null;

    /// <summary>The source of the addresses in options of this format.</summary>
    public static ToaSource SourceOf(OptionFormat format) =>
        format.AddressSize == sizeof(uint) ? ToaSource.IPv4Option : ToaSource.IPv6Option;

    /// <summary>Reads an address.</summary>
    /// <param name="value">The bytes of a TOA option after the kind and the length.</param>
    /// <param name="offset">The offset of the address, counted from the kind.</param>
    /// <param name="format">The format of the TOA option.</param>
    public static Address128 ReadAddress(ReadOnlySpan<byte> value, byte offset, OptionFormat format)
    {
        ReadOnlySpan<byte> from = value.Slice(offset - ValueOffset);
        return format.AddressSize == Address128.Size ? Address128.Read(from) : Address128.ReadIPv4(from);
    }

    /// <summary>Reads a port.</summary>
    /// <param name="value">The bytes of a TOA option after the kind and the length.</param>
    /// <param name="offset">The offset of the port, counted from the kind; 0 if the format does not have it.</param>
    /// <returns>0 if the format does not have the port.</returns>
    public static ushort ReadPort(ReadOnlySpan<byte> value, byte offset) =>
        offset == 0 ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(value.Slice(offset - ValueOffset));

    /// <summary>Reads the id of the virtual network.</summary>
    /// <param name="value">The bytes of a TOA option after the kind and the length.</param>
    /// <param name="format">A format that has this id.</param>
    public static uint ReadNetworkId(ReadOnlySpan<byte> value, OptionFormat format)
    {
        uint id = 0;
        ReadOnlySpan<byte> bytes = value.Slice(format.NetworkId - ValueOffset, format.NetworkIdSize);
        for (int i = 0; i < bytes.Length; i++)
            id = id << 8 | bytes[format.IsNetworkIdLittleEndian ? bytes.Length - 1 - i : i];
        return id;
    }
}
