using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Sockets;
using Toa.LoadBalancing.Options;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing;

/// <summary>
/// The TOA options that a listener writes: those of a vendor, or one with any kind and length. Vendors use the same kinds with
/// different layouts.
/// </summary>
public sealed partial class ToaOptionFormat
{
    private const int LeastLengthIPv4 = 8;
    private const int LeastLengthIPv6 = 20;

    private readonly string _text;
    private readonly bool _isVendor;
    private readonly ToaOptionGroup? _ipv4;
    private readonly ToaOptionGroup? _ipv6;

    /// <summary>An option with the client's port, its address, and zeros up to the length.</summary>
    /// <param name="kind">The option's kind. TCP itself must not use it.</param>
    /// <param name="length">
    /// The option's length, including the bytes for kind and length: at least 8 for IPv4 clients and 20 for IPv6 clients, at
    /// most 40.
    /// </param>
    public ToaOptionFormat(byte kind, byte length)
    {
        ToaOption option = new(kind, length, OptionLayouts.Client);
        _text = $"{kind}/{length}";
        _ipv4 = length >= LeastLengthIPv4 ? new ToaOptionGroup(option) : null;
        _ipv6 = length >= LeastLengthIPv6 ? new ToaOptionGroup(option) : null;
        Recognized = [option];
    }

    private ToaOptionFormat(string vendor, ToaOptionGroup ipv4, ToaOptionGroup? ipv6, params ToaOption[] others)
    {
        _text = vendor;
        _isVendor = true;
        _ipv4 = ipv4;
        _ipv6 = ipv6;
        Recognized = [.. ipv4.Options, .. ipv6?.Options ?? [], .. others];
    }

    /// <summary>All options that a server for this format reads. A client must not be able to send one of them.</summary>
    internal IReadOnlyList<ToaOption> Recognized { get; }

    /// <summary>
    /// Reads the name of a vendor, for example <c>alibaba-vpc</c>, or <c>KIND/LENGTH</c>, for example <c>254/20</c>.
    /// </summary>
    /// <exception cref="FormatException"><paramref name="text"/> is not in this form. The message lists the names.</exception>
    public static ToaOptionFormat Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text) ?? throw new FormatException(
            $"Unknown format '{text}'. Use KIND/LENGTH, for example 254/20, or one of: {string.Join(", ", Vendors)}.");
    }

    internal static ToaOptionFormat? TryParse(string text) =>
        Vendors.FirstOrDefault(vendor => vendor._text == text) ?? TryParseKindAndLength(text);

    /// <summary>The options for clients of the family, or null if the format has none.</summary>
    internal ToaOptionGroup? For(AddressFamily family) => family == AddressFamily.InterNetwork ? _ipv4 : _ipv6;

    /// <summary>Why the format cannot be used for clients of the family, or null if it can.</summary>
    internal string? ProblemFor(AddressFamily family)
    {
        if (_isVendor)
            return For(family) is null ? $"it is for IPv4 only. Use one of: {string.Join(", ", ForIPv6)}, KIND/20" : null;

        ToaOption option = Recognized[0];
        if (TcpOptionKind.IsTaken(option.Kind))
            return $"kind {option.Kind} belongs to TCP: use 200, 253 or 254";
        int least = family == AddressFamily.InterNetwork ? LeastLengthIPv4 : LeastLengthIPv6;
        return option.Length < least || option.Length > TcpSegmentView.MaxOptionsLength
            ? $"the length must be {least} to {TcpSegmentView.MaxOptionsLength}, but is {option.Length}"
            : null;
    }

    /// <summary>The name of the vendor, or <c>KIND/LENGTH</c>.</summary>
    public override string ToString() => _text;

    private static ToaOptionFormat? TryParseKindAndLength(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0
            && byte.TryParse(text.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out byte kind)
            && byte.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out byte length)
            ? new ToaOptionFormat(kind, length)
            : null;
    }
}
