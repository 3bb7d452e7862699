using System;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Linq;
using System.Net;
using Samples;
using Toa.LoadBalancing;
using Toa.Tool.Language;

namespace Toa.Tool.Balancing;

/// <summary>A listener on the command line: <c>[2001:db8:100::1]:80=10.0.0.2:8080,10.0.0.3:8080*2</c>.</summary>
internal static class ListenerArgument
{
    public const string Form = "ADDRESS:PORT=SERVER:PORT[*WEIGHT][,...]";

    private const string Example = "[2001:db8:100::1]:80=10.0.0.2:8080,10.0.0.3:8080*2";

    public static ListenerOptions[] ParseAll(ArgumentResult values) =>
        [.. values.Tokens.Select(token => Parse(token.Value, values)).OfType<ListenerOptions>()];

    private static ListenerOptions? Parse(string text, ArgumentResult values)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0 || !ListenAddress.TryParse(text[..equals], out IPEndPoint? address))
        {
            values.Refuse($"'{text}' is not a listener. Use {Form}, for example {Example}.");
            return null;
        }

        ListenerOptions listener = new() { VirtualAddress = address };
        foreach (string server in text[(equals + 1)..].Split(','))
        {
            if (ParseBackEnd(server) is { } backEnd)
            {
                listener.BackEnds.Add(backEnd);
                continue;
            }

            values.Refuse(
                $"'{server}' in '{text}' is not a server. Use ADDRESS:PORT or ADDRESS:PORT*WEIGHT, for example "
                + $"10.0.0.3:8080*2.");
            return null;
        }

        return listener;
    }

    private static BackEndOptions? ParseBackEnd(string text)
    {
        string[] parts = text.Split('*');
        int weight = 1;
        return parts.Length <= 2
            && ListenAddress.TryParse(parts[0], out IPEndPoint? address)
            && (parts.Length == 1
                || int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out weight))
            ? new BackEndOptions { Address = address, Weight = weight }
            : null;
    }
}
