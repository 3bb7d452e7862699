using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Toa.Tool.Balancing;
using Toa.Tool.Balancing.Control;
using Toa.Tool.Language;
using Toa.Tool.Machines;
using Toa.Tool.Output;

namespace Toa.Tool.Commands;

/// <summary><c>toa lb flows</c></summary>
internal static class FlowsCommand
{
    public static Command Create(IMachine machine, Terminal terminal)
    {
        ControlOptions control = new(machine);
        Option<int> limit = new("--limit")
        {
            HelpName = "N",
            Description = "Show at most N connections",
            CustomParser = values => CommonOptions.Number(values.Tokens[0].Value, 0, int.MaxValue, values),
            DefaultValueFactory = _ => int.MaxValue,
        };
        Command command = new("flows", "Show the connections through a running balancer, those with the latest packets first.") { limit };
        control.AddTo(command, withBackEnd: false);
        command.SetAction(async (arguments, stop) =>
        {
            using ControlClient client = control.Connect(arguments);
            FlowsDocument shown = await client.ListFlowsAsync(arguments.GetValue(limit), stop);
            if (arguments.IsJson())
                ToolJson.Write(terminal, shown, ToolJson.Plain.FlowsDocument);
            else
                Print(terminal, shown);
            return ExitCode.Fine;
        });
        return command;
    }

    private static void Print(Terminal terminal, FlowsDocument shown)
    {
        Table table = Tables.Create(terminal).Add("client").Add("virtual address").Add("source").Add("server").Add("state")
            .Add("options", isNumber: true).Add("idle", isNumber: true);
        foreach (FlowDocument flow in shown.Flows)
        {
            table.AddPlainRow(
            [
                flow.Client, flow.VirtualAddress, flow.Source, flow.BackEnd, flow.State,
                flow.OptionsWritten.ToString(CultureInfo.InvariantCulture),
                string.Create(CultureInfo.InvariantCulture, $"{flow.IdleSeconds:0.0} s"),
            ]);
        }

        terminal.Rich.Write(table);
        if (shown.Flows.Count < shown.Total)
        {
            Message more = $"{shown.Total - shown.Flows.Count} more connections are not shown: increase --limit.";
            terminal.Error.WriteLine(more.ToString());
        }
    }
}
