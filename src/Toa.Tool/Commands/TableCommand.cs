using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using System.Net;
using Spectre.Console;
using Toa.Diagnostics;
using Toa.Tool.Language;
using Toa.Tool.Machines;
using Toa.Tool.Output;

namespace Toa.Tool.Commands;

/// <summary><c>toa table</c></summary>
internal static class TableCommand
{
    public static Command Create(IMachine machine, Terminal terminal)
    {
        Option<IPNetwork[]> client = Network("--client", "Only clients in this network");
        Option<IPNetwork[]> peer = Network("--peer", "Only connections through a balancer in this network");
        Option<int[]> port = CommonOptions.Ports("Only connections to this port of this machine");
        Option<int[]> kind = new("--kind")
        {
            HelpName = "N",
            Description = "Only addresses from TOA options of this kind, for example 200 or 253; can be repeated",
            CustomParser = values =>
                [.. values.Tokens.Select(token => CommonOptions.Number(token.Value, 0, 255, values))],
            DefaultValueFactory = _ => [],
        };
        Option<int> limit = new("--limit")
        {
            HelpName = "N",
            Description = "Show at most N connections",
            CustomParser = values => CommonOptions.Number(values.Tokens[0].Value, 0, int.MaxValue, values),
            DefaultValueFactory = _ => int.MaxValue,
        };
        Option<string?> file = CommonOptions.File("/proc/net/toa_table");
        Command command = new("table", "Show the connections that have a client address.")
        {
            client, peer, port, kind, limit, file,
        };
        command.SetAction(async (arguments, stop) =>
        {
            TableFilter filter = new(
                arguments.GetRequiredValue(client), arguments.GetRequiredValue(peer), arguments.GetRequiredValue(port),
                arguments.GetRequiredValue(kind));
            IReadOnlyList<ToaTableEntry> entries = arguments.GetValue(file) is { } copy
                ? await ProviderFiles.ReadCopyAsync(terminal, copy, ToaTable.Parse, stop)
                : ProviderFiles.Parse($"toa_table", await ProviderFiles.ReadTableAsync(machine, stop), ToaTable.Parse);
            TableDocument shown = TableDocument.From([.. entries.Where(filter.Passes)], arguments.GetValue(limit));
            if (arguments.IsJson())
                ToolJson.Write(terminal, shown, ToolJson.Plain.TableDocument);
            else
                Print(terminal, shown);
            return ExitCode.Fine;
        });
        return command;
    }

    private static Option<IPNetwork[]> Network(string name, string description) => new(name)
    {
        HelpName = "CIDR",
        Description = description + "; can be repeated",
        CustomParser = CommonOptions.Networks,
        DefaultValueFactory = _ => [],
    };

    private static void Print(Terminal terminal, TableDocument shown)
    {
        Table table = Tables.Create(terminal).Add("client").Add("transport peer").Add("local").Add("kind", isNumber: true)
            .Add("format").Add("virtual").Add("network id", isNumber: true);
        foreach (ConnectionDocument connection in shown.Connections)
        {
            table.AddPlainRow(
            [
                connection.Client, connection.TransportPeer ?? "-", connection.Local ?? "-",
                connection.Kind?.ToString(CultureInfo.InvariantCulture) ?? "-", connection.Format ?? "-",
                connection.Virtual ?? "-", connection.NetworkId?.ToString(CultureInfo.InvariantCulture) ?? "-",
            ]);
        }

        terminal.Rich.Write(table);
        if (shown.Connections.Count < shown.Total)
        {
            Message more = $"{shown.Total - shown.Connections.Count} more connections are not shown: increase --limit.";
            terminal.Error.WriteLine(more.ToString());
        }
    }
}
