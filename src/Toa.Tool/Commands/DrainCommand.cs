using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Balancing.Control;
using Toa.Tool.Language;
using Toa.Tool.Machines;
using Toa.Tool.Output;

namespace Toa.Tool.Commands;

/// <summary><c>toa lb drain</c></summary>
internal static class DrainCommand
{
    private const int UsualTimeout = 300;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private static readonly string[] Examples =
    [
        "sudo toa lb drain 198.51.100.1:80 10.0.0.2:8080",
        "sudo toa lb drain 198.51.100.1:80 10.0.0.2:8080 --wait --timeout 60",
    ];

    public static Command Create(IMachine machine, Terminal terminal)
    {
        ControlOptions control = new(machine);
        Option<bool> wait = new("--wait") { Description = "Wait until the server has no open connection through this listener" };
        Option<int> timeout = new("--timeout")
        {
            HelpName = "SECONDS",
            Description = $"Maximum time to wait, in seconds; then the command fails (default: {UsualTimeout})",
            CustomParser = values => CommonOptions.Number(values.Tokens[0].Value, 0, 86_400, values),
        };
        CommandWithExamples command = new(
            "drain",
            "Give a server no new connections: set its weight to 0. Its open connections continue. To undo it, use toa lb set.", Examples)
        {
            wait, timeout,
        };
        control.AddTo(command, withBackEnd: true);
        command.Validators.Add(given => Check(given, wait, timeout));
        command.SetAction(async (arguments, stop) =>
        {
            using ControlClient client = control.Connect(arguments);
            DrainRequest backEnd = new(control.Listener(arguments), control.BackEnd(arguments));
            int seconds = arguments.GetResult(timeout) is null ? UsualTimeout : arguments.GetValue(timeout);
            Progress progress = new(terminal, arguments.IsJson(), backEnd);
            BackEndsDocument state = await client.DrainAsync(backEnd, stop);
            progress.Tell(state);
            if (arguments.GetValue(wait))
                await WaitAsync(client, progress, state, TimeSpan.FromSeconds(seconds), machine.Clock, stop);
            return ExitCode.Fine;
        });
        return command;
    }

    private static void Check(CommandResult given, Option<bool> wait, Option<int> timeout)
    {
        if (given.GetResult(timeout) is not null && !given.GetValue(wait))
            given.Refuse($"--timeout needs --wait.");
    }

    /// <exception cref="ToolException">Connections are still open: after the timeout, or because the server is down.</exception>
    private static async Task WaitAsync(
        ControlClient client, Progress progress, BackEndsDocument state, TimeSpan timeout, TimeProvider clock, CancellationToken stop)
    {
        long start = clock.GetTimestamp();
        while (progress.Open > 0)
        {
            // Its connections cannot close normally any more.
            if (state.BackEnds.All(backEnd => !backEnd.IsUp))
                throw new ToolException(
                    $"{progress.BackEnd} is down, so its open connections ({progress.Open}) cannot close normally. They end when the clients "
                    + $"give up, or after the time of toa lb --idle. It gets no new ones.");
            if (clock.GetElapsedTime(start) >= timeout)
                throw new ToolException(
                    $"{progress.BackEnd} still has open connections ({progress.Open}) after {timeout.TotalSeconds} s. It gets no new ones. "
                    + $"Wait again with a longer --timeout, or stop the server.");
            await Task.Delay(Interval, clock, stop);
            state = progress.Select(await client.ListBackEndsAsync(stop));
            progress.Tell(state);
        }
    }

    /// <summary>Prints the number of open connections each time that it changed.</summary>
    private sealed class Progress(Terminal terminal, bool isJson, DrainRequest asked)
    {
        public string BackEnd => asked.BackEnd!;

        public int? Open { get; private set; }

        public BackEndsDocument Select(BackEndsDocument all) => new(
            [.. all.BackEnds.Where(one => one.VirtualAddress == asked.VirtualAddress && one.Address == asked.BackEnd)]);

        public void Tell(BackEndsDocument state)
        {
            int open = state.BackEnds.Sum(backEnd => backEnd.OpenConnections);
            if (open == Open)
                return;
            Open = open;
            if (isJson)
            {
                ToolJson.Write(terminal, new DrainEvent(asked.VirtualAddress!, BackEnd, open), ToolJson.Plain.DrainEvent);
                return;
            }

            Message line = open == 0
                ? $"{BackEnd} behind {asked.VirtualAddress} gets no new connections and has no open ones."
                : (Message)$"{BackEnd} behind {asked.VirtualAddress} gets no new connections. Open connections: {open}.";
            terminal.Output.WriteLine(line.ToString());
        }
    }
}

/// <summary>A line of <c>toa lb drain --json</c>, printed when the number changes.</summary>
internal sealed record DrainEvent(string VirtualAddress, string BackEnd, int OpenConnections);
