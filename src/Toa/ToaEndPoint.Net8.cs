using System;
using System.Text.Unicode;

namespace Toa;

// Formats like System.Net.IPEndPoint.
public readonly partial struct ToaEndPoint : ISpanFormattable, IUtf8SpanFormattable
{
    // [, 65 characters of an address with its scope, ]:65535
    private const int LongestText = 73;

    /// <summary>The address and port: <c>192.0.2.10:5555</c>, <c>[2001:db8::1]:40000</c>; empty for <c>default</c>.</summary>
    public override string ToString()
    {
        Span<char> text = stackalloc char[LongestText];
        return TryFormat(text, out int length) ? text[..length].ToString() : ToIPEndPoint().ToString();
    }

    /// <summary>Formats the address and port as <see cref="ToString()"/> does.</summary>
    /// <param name="destination">The buffer to write to.</param>
    /// <param name="charsWritten">The number of characters that were written.</param>
    /// <returns><see langword="false"/> if <paramref name="destination"/> is too short.</returns>
    public bool TryFormat(Span<char> destination, out int charsWritten)
    {
        charsWritten = 0;
        return _form switch
        {
            Form.None => true,
            Form.IPv6 => destination.TryWrite($"[{ToIPAddress()}]:{_port}", out charsWritten),
            _ => destination.TryWrite($"{ToIPAddress()}:{_port}", out charsWritten),
        };
    }

    /// <summary>Formats the address and port as <see cref="ToString()"/> does, in UTF-8.</summary>
    /// <param name="utf8Destination">The buffer to write to.</param>
    /// <param name="bytesWritten">The number of bytes that were written.</param>
    /// <returns><see langword="false"/> if <paramref name="utf8Destination"/> is too short.</returns>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten)
    {
        bytesWritten = 0;
        return _form switch
        {
            Form.None => true,
            Form.IPv6 => Utf8.TryWrite(utf8Destination, $"[{ToIPAddress()}]:{_port}", out bytesWritten),
            _ => Utf8.TryWrite(utf8Destination, $"{ToIPAddress()}:{_port}", out bytesWritten),
        };
    }

    // An address has only one form, so the format and the culture are ignored.
    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => ToString();

    bool ISpanFormattable.TryFormat(
        Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        TryFormat(destination, out charsWritten);

    bool IUtf8SpanFormattable.TryFormat(
        Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        TryFormat(utf8Destination, out bytesWritten);
}
