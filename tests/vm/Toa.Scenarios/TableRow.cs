using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Toa.Injector;

namespace Toa.Scenarios;

/// <summary>A line of /proc/net/toa_table. <c>Virtual</c> is null if the column has a dash.</summary>
internal sealed record TableRow(
    IPEndPoint Client, IPEndPoint Peer, IPEndPoint Local, int Kind, string Format, IPEndPoint? Virtual = null, uint NetworkId = 0)
{
    /// <summary>Of an option as <see cref="OptionBytes.Toa"/> makes it.</summary>
    public TableRow(IPEndPoint client, IPEndPoint peer, IPEndPoint local)
        : this(client, peer, local, IsIPv4(client) ? 200 : 253, IsIPv4(client) ? "ipv4" : "ipv6")
    {
    }

    public static List<TableRow> Read(string process = "self") => Parse(Provider.Current.ReadTable(process));

    public static List<TableRow> Parse(string table)
    {
        string[] lines = table.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Expect.Equal("client transport_peer local kind format virtual network_id", string.Join(' ', Words(lines[0])), "the header");
        return [.. lines.Skip(1).Select(Words).Select(words => new TableRow(
            IPEndPoint.Parse(words[0]), IPEndPoint.Parse(words[1]), IPEndPoint.Parse(words[2]), int.Parse(words[3]), words[4],
            words[5] == "-" ? null : IPEndPoint.Parse(words[5]), uint.Parse(words[6])))];
    }

    private static bool IsIPv4(IPEndPoint client) => client.AddressFamily == AddressFamily.InterNetwork;

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
