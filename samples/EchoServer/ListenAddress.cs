using System.CommandLine.Parsing;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Sockets;

namespace EchoServer;

/// <summary>ADDRESS:PORT, with an IPv6 address in brackets.</summary>
internal static class ListenAddress
{
    /// <summary>Parses every value of the option.</summary>
    public static IPEndPoint[] ParseAll(ArgumentResult values) =>
        [.. values.Tokens.Select(token => Parse(token.Value, values)).OfType<IPEndPoint>()];

    private static IPEndPoint? Parse(string text, ArgumentResult values)
    {
        if (TryParse(text, out IPEndPoint? endPoint))
            return endPoint;

        values.AddError($"'{text}' is not an address and a port: write it as 0.0.0.0:7000 or [::]:7000.");
        return null;
    }

    // Not IPEndPoint.TryParse: it does without a port, and takes ::1:7000 for an address.
    private static bool TryParse(string text, [NotNullWhen(true)] out IPEndPoint? endPoint)
    {
        endPoint = null;
        int colon = text.LastIndexOf(':');
        if (colon < 0
            || !IPAddress.TryParse(text[..colon], out IPAddress? address)
            || !ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
            return false;

        if (address.AddressFamily == AddressFamily.InterNetworkV6 && text[colon - 1] != ']')
            return false;

        endPoint = new IPEndPoint(address, port);
        return true;
    }
}
