using System;
using System.Globalization;
using System.Net.Sockets;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing;

/// <summary>
/// The format of a TOA option: kind, length, the client's port, its address, and zeros up to the length. Kind and length
/// together identify the format, because vendors use the same kind with different layouts.
/// </summary>
/// <param name="Kind">The option's kind. TCP itself must not use it.</param>
/// <param name="Length">
/// The option's length, including the bytes for kind and length: at least 8 for IPv4 clients and 20 for IPv6 clients, at
/// most 40.
/// </param>
public readonly record struct ToaOptionFormat(byte Kind, byte Length)
{
    /// <summary>The number of bytes before the address: kind, length, port.</summary>
    internal const int HeadLength = 4;

    /// <summary>For IPv4 clients of a full NAT: kind 200, length 8.</summary>
    public static ToaOptionFormat HybridCloud => new(200, 8);

    /// <summary>For IPv6 clients of a NAT64: kind 253, length 20.</summary>
    public static ToaOptionFormat Nat64 => new(253, 20);

    /// <summary>The VPC option of Alibaba Cloud: it has the length of an option with an IPv6 client, but another layout.</summary>
    internal static ToaOptionFormat Vpc => new(252, 20);

    internal const string VpcProblem =
        "kind 252 with length 20 is the VPC option of Alibaba Cloud: it holds an IPv4 client, a VPC id and a virtual address";

    /// <summary>The length including the NOPs that align the next option.</summary>
    internal int PaddedLength => (Length + 3) & ~3;

    /// <summary>Reads <c>KIND/LENGTH</c>, for example <c>254/20</c>.</summary>
    /// <exception cref="FormatException"><paramref name="text"/> is not in this form.</exception>
    public static ToaOptionFormat Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0
            && byte.TryParse(text.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out byte kind)
            && byte.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out byte length)
            ? new ToaOptionFormat(kind, length)
            : throw new FormatException($"'{text}' is not a format of TOA options. Use KIND/LENGTH, for example 254/20.");
    }

    /// <summary>The shortest length that holds an address of the family.</summary>
    internal static int ShortestFor(AddressFamily family) =>
        HeadLength + (family == AddressFamily.InterNetwork ? 4 : 16);

    internal static ToaOptionFormat DefaultFor(AddressFamily family) =>
        family == AddressFamily.InterNetwork ? HybridCloud : Nat64;

    /// <summary>Why the format cannot hold a client of the family, or null if it can.</summary>
    internal string? ProblemFor(AddressFamily family)
    {
        if (Options.TcpOptionKind.IsTaken(Kind))
            return $"kind {Kind} belongs to TCP: use 200, 253 or 254";
        if (this == Vpc && family == AddressFamily.InterNetworkV6)
            return VpcProblem;
        int shortest = ShortestFor(family);
        return Length < shortest || Length > TcpSegmentView.MaxOptionsLength
            ? $"the length must be {shortest} to {TcpSegmentView.MaxOptionsLength}, but is {Length}"
            : null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Kind}/{Length}";
}
