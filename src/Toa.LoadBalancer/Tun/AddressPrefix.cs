using System;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Toa.LoadBalancing;

/// <summary>
/// An address with the length of its network prefix. Unlike <see cref="IPNetwork"/> it keeps the host bits, which the
/// address of an interface needs.
/// </summary>
public readonly record struct AddressPrefix
{
    /// <summary>Creates a prefix from an IPv4 (0 to 32 bits) or IPv6 (0 to 128 bits) address.</summary>
    public AddressPrefix(IPAddress address, int length)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            length, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        Address = address;
        Length = length;
    }

    /// <summary>The address, including host bits.</summary>
    public IPAddress Address { get; }

    /// <summary>The number of leading bits that identify the network.</summary>
    public int Length { get; }

    /// <summary>Reads <c>address/length</c>, for example <c>10.200.0.1/16</c> or <c>fd00:200::1/64</c>.</summary>
    public static AddressPrefix Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0
            || !IPAddress.TryParse(text.AsSpan(0, slash), out IPAddress? address)
            || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int length))
        {
            throw new FormatException($"'{text}' is not of the form ADDRESS/PREFIX-LENGTH.");
        }

        return new AddressPrefix(address, length);
    }

    /// <summary>Whether an address is in the prefix.</summary>
    public bool Contains(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.AddressFamily != Address.AddressFamily)
            return false;

        Span<byte> mine = stackalloc byte[16];
        Span<byte> theirs = stackalloc byte[16];
        Address.TryWriteBytes(mine, out _);
        address.TryWriteBytes(theirs, out _);
        int whole = Length / 8;
        int rest = Length % 8;
        return mine[..whole].SequenceEqual(theirs[..whole])
            && (rest == 0 || (mine[whole] ^ theirs[whole]) >> (8 - rest) == 0);
    }

    /// <summary>The prefix that has only this address.</summary>
    internal static AddressPrefix Host(IPAddress address) =>
        new(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);

    /// <inheritdoc/>
    public override string ToString() => $"{Address}/{Length}";
}
