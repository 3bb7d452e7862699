using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;

namespace Toa.Scenarios;

/// <summary>A line of /proc/net/toa_table.</summary>
internal sealed record TableRow(IPEndPoint Client, IPEndPoint Peer, IPEndPoint Local, int Kind)
{
    public static List<TableRow> Read(string process = "self") => Parse(Provider.Current.ReadTable(process));

    public static List<TableRow> Parse(string table)
    {
        string[] lines = table.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Expect.Equal("client transport_peer local kind", string.Join(' ', Words(lines[0])), "the header");
        return [.. lines.Skip(1).Select(Words).Select(words => new TableRow(
            IPEndPoint.Parse(words[0]), IPEndPoint.Parse(words[1]), IPEndPoint.Parse(words[2]), int.Parse(words[3])))];
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
