using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Toa.Injector;

namespace Toa.Scenarios;

/// <summary>Sends requests to a web server over one connection, with the necessary part of HTTP/1.1.</summary>
internal sealed class WebVisitor(InjectedConnection connection) : IDisposable
{
    public IPEndPoint Balancer => connection.Client;

    public JsonElement GetJson(string path) => JsonElement.Parse(Get(path));

    /// <summary>The body of the response, whose status must be 200.</summary>
    public string Get(string path)
    {
        connection.Send(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: whoami\r\n\r\n"));
        Expect.Equal("HTTP/1.1 200 OK", ReadLine(), $"the answer to GET {path}");
        Dictionary<string, string> headers = ReadHeaders();
        return headers.TryGetValue("Content-Length", out string? length)
            ? ReadText(int.Parse(length, CultureInfo.InvariantCulture))
            : ReadChunks();
    }

    public void Dispose() => connection.Dispose();

    private Dictionary<string, string> ReadHeaders()
    {
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        while (ReadLine() is { Length: > 0 } line)
        {
            int colon = line.IndexOf(':');
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }
        return headers;
    }

    private string ReadChunks()
    {
        var text = new StringBuilder();
        while (int.Parse(ReadLine(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) is var length and > 0)
        {
            text.Append(ReadText(length));
            ReadLine();
        }
        ReadLine();
        return text.ToString();
    }

    private string ReadLine()
    {
        var line = new StringBuilder();
        while (ReadText(1) is var character && character != "\n")
            line.Append(character);
        return line.ToString().TrimEnd('\r');
    }

    private string ReadText(int length) => Encoding.UTF8.GetString(connection.ReceiveExactly(length));
}
