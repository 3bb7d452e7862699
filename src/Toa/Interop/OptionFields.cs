using System;
using System.Linq;
using Toa.Shared;

namespace Toa.Interop;

/// <summary>Finds formats by their number, and reads the addresses of TOA options.</summary>
internal static class OptionFields
{
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
        ReadOnlySpan<byte> from = value.Slice(offset - OptionFormat.ValueOffset);
        return format.AddressSize == Address128.Size ? Address128.Read(from) : Address128.ReadIPv4(from);
    }
}
