using System;
using System.CommandLine;
using System.Threading;
using Toa.Tool.Live;
using Toa.Tool.Machines;
using Toa.Tool.Output;

namespace Toa.Tool.Commands;

/// <summary><c>toa watch</c></summary>
internal static class LiveCommand
{
    public static Command Create(IMachine machine, Terminal terminal)
    {
        Option<int> interval = new("--interval")
        {
            HelpName = "SECONDS",
            Description = "Interval in seconds at which the counters and the provider are looked at, and the view is drawn",
            CustomParser = values => CommonOptions.Number(values.Tokens[0].Value, 1, 86_400, values),
            DefaultValueFactory = _ => 2,
        };
        Option<int> connections = new("--connections")
        {
            HelpName = "N",
            Description = "Show at most N new connections a second; 0 captures no packets",
            CustomParser = values => CommonOptions.Number(values.Tokens[0].Value, 0, 100, values),
            DefaultValueFactory = _ => 20,
        };
        Option<string?> interfaceName = CommonOptions.Interface();
        Option<int[]> port = CommonOptions.Ports("Only connections to port N");
        Option<int?> seconds = CommonOptions.Seconds();
        CommandWithExamples command = new(
            "watch",
            "Show live what happens on a server, until Ctrl+C: the provider and its settings, the rates of its counters, and new "
            + "connections with TOA options, with their verdicts. If there are many connections, a sample of them is looked at, so that "
            + "the command costs little. If the output is not a terminal: one line for each event.",
            ["toa watch", "toa watch --port 443 --connections 5", "toa watch --json"])
        {
            interval, connections, interfaceName, port, seconds,
        };
        command.SetAction(async (arguments, stop) =>
        {
            WatchSettings settings = new(
                arguments.GetValue(interfaceName), arguments.GetRequiredValue(port), arguments.GetValue(connections),
                TimeSpan.FromSeconds(arguments.GetValue(interval)));
            LiveOutput output = new();
            using TrafficWatch watch = new(machine, settings, output);
            using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop);
            using ITimer? timer = end.CancelAfter(machine.Clock, arguments.GetValue(seconds));
            await output.RunAsync(
                terminal.HasCursor && !arguments.IsJson()
                    ? new LiveScreen(terminal).ShowAsync
                    : new LiveLines(terminal, arguments.IsJson()).ShowAsync,
                watch.RunAsync, end.Token);
            return ExitCode.Fine;
        });
        return command;
    }
}
