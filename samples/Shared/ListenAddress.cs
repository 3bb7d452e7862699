using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Sockets;

namespace Samples;

/// <summary>ADDRESS:PORT, with an IPv6 address in brackets.</summary>
internal static class ListenAddress
{
    /// <summary>The option with the addresses to listen on (default: all addresses).</summary>
    public static Option<IPEndPoint[]> Option(int defaultPort) => new("--listen")
    {
        HelpName = "ADDRESS:PORT",
        Description = $"The address to listen on, for example 0.0.0.0:{defaultPort} or [::]:{defaultPort}; can be repeated. "
            + "[::] accepts IPv4 clients too. Port 0 selects a free port.",
        CustomParser = ParseAll,
        DefaultValueFactory = _ => [new(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, defaultPort)],
    };

    /// <summary>Parses all values of the option.</summary>
    public static IPEndPoint[] ParseAll(ArgumentResult values) =>
        [.. values.Tokens.Select(token => Parse(token.Value, values)).OfType<IPEndPoint>()];

    private static IPEndPoint? Parse(string text, ArgumentResult values)
    {
        if (TryParse(text, out IPEndPoint? endPoint))
            return endPoint;

        values.AddError($"'{text}' is not an address and a port. Use 0.0.0.0:7000 or [::]:7000.");
        return null;
    }

    /// <summary>Parses one value.</summary>
    /// <remarks>IPEndPoint.TryParse is not used: it does not require a port, and parses ::1:7000 as an address.</remarks>
    public static bool TryParse(string text, [NotNullWhen(true)] out IPEndPoint? endPoint)
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
