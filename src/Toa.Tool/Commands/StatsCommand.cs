using System;
using System.CommandLine;
using System.Threading;
using System.Threading.Tasks;
using Spectre.Console;
using Toa.Diagnostics;
using Toa.Tool.Language;
using Toa.Tool.Machines;
using Toa.Tool.Output;

namespace Toa.Tool.Commands;

/// <summary><c>toa stats</c></summary>
internal static class StatsCommand
{
    public static Command Create(IMachine machine, Terminal terminal)
    {
        Option<bool> perCpu = new("--per-cpu") { Description = "Show the value of each CPU too" };
        Option<int> watch = new("--watch")
        {
            HelpName = "SECONDS",
            Description = "Interval in seconds at which the counters are shown again, with their changes, until Ctrl+C "
                + "(default: 2). If the output is not a terminal: one line each time",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = values => values.Tokens.Count == 0
                ? 2
                : CommonOptions.Number(values.Tokens[0].Value, 1, 86_400, values),
        };
        Option<string?> file = CommonOptions.File("/proc/net/toa_stats");
        Command command = new("stats", "Show the counters of the provider.") { perCpu, watch, file };
        command.Validators.Add(arguments =>
        {
            if (arguments.GetResult(watch) is not null && arguments.GetValue(file) == "-")
                arguments.Refuse($"--watch cannot read standard input again. Name a file.");
        });
        command.SetAction((arguments, stop) =>
        {
            Look look = new(machine, terminal, arguments.GetValue(file), stop);
            bool isJson = arguments.IsJson();
            bool isWatch = arguments.GetResult(watch) is not null;
            StatsView view = new(terminal, arguments.GetValue(perCpu), withDeltas: isWatch);
            if (!isWatch)
                return ShowAsync(look, view, terminal, isJson);
            TimeSpan interval = TimeSpan.FromSeconds(arguments.GetValue(watch));
            return WatchAsync(machine, () => look.AgainAsync(), interval, terminal, isJson, view, stop);
        });
        return command;
    }

    private static async Task<int> ShowAsync(Look look, StatsView view, Terminal terminal, bool isJson)
    {
        StatsDocument stats = await look.AgainAsync();
        if (isJson)
        {
            ToolJson.Write(terminal, stats, ToolJson.Plain.StatsDocument);
            return ExitCode.Fine;
        }

        Table table = view.Create();
        view.Fill(table, stats);
        terminal.Rich.Write(table);
        return ExitCode.Fine;
    }

    private static async Task<int> WatchAsync(
        IMachine machine, Func<Task<StatsDocument>> look, TimeSpan interval, Terminal terminal, bool isJson,
        StatsView view, CancellationToken stop)
    {
        try
        {
            if (isJson || !terminal.IsInteractive)
            {
                await RepeatAsync(stats => Print(terminal, stats, isJson));
            }
            else
            {
                Table table = view.Create();
                await terminal.Rich.Live(table).StartAsync(live => RepeatAsync(stats =>
                {
                    view.Fill(table, stats);
                    live.Refresh();
                }));
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The user stopped the command.
        }

        return ExitCode.Fine;

        async Task RepeatAsync(Action<StatsDocument> show)
        {
            while (true)
            {
                show(await look());
                await Task.Delay(interval, machine.Clock, stop);
            }
        }
    }

    private static void Print(Terminal terminal, StatsDocument stats, bool isJson)
    {
        if (isJson)
            ToolJson.Write(terminal, stats, ToolJson.Plain.StatsDocument);
        else
            terminal.Output.WriteLine(StatsView.Line(stats));
    }

    /// <summary>Reads the counters repeatedly, and keeps the previous values for the deltas.</summary>
    private sealed class Look(IMachine machine, Terminal terminal, string? copy, CancellationToken stop)
    {
        private ToaStatistics? _last;

        public async Task<StatsDocument> AgainAsync()
        {
            ToaStatistics now = copy is null
                ? ProviderFiles.ReadStatistics(machine)
                : await ProviderFiles.ReadCopyAsync(terminal, copy, ToaStatistics.Parse, stop);
            StatsDocument stats = StatsDocument.From(machine.Clock.GetLocalNow(), now, _last);
            _last = now;
            return stats;
        }
    }
}
