using System;
using System.CommandLine;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Spectre.Console;
using Toa.Diagnostics;
using Toa.Tool.Language;
using Toa.Tool.Machines;
using Toa.Tool.Metrics;
using Toa.Tool.Output;

namespace Toa.Tool.Commands;

/// <summary><c>toa stats</c></summary>
internal static class StatsCommand
{
    private const string AsTable = "table", Prometheus = "prometheus";

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
        Option<string> format = new("--format")
        {
            HelpName = "FORMAT",
            Description = "table, or prometheus: metrics in the text format of Prometheus, for example for node_exporter",
            DefaultValueFactory = _ => AsTable,
        };
        format.AcceptOnlyFromAmong(AsTable, Prometheus);
        Option<FileInfo?> output = new("--output")
        {
            HelpName = "FILE",
            Description = "With --format prometheus: replace this file in one step, as node_exporter's textfile collector needs it",
        };
        Command command = new("stats", "Show the counters of the provider.") { perCpu, watch, file, format, output };
        command.Validators.Add(arguments =>
        {
            if (arguments.GetResult(watch) is not null && arguments.GetValue(file) == "-")
                arguments.Refuse($"--watch cannot read standard input again. Name a file.");
            // The value may be wrong.
            bool isPrometheus = arguments.GetResult(format)?.Tokens is [{ Value: Prometheus }];
            if (isPrometheus && (arguments.GetResult(watch) is not null || arguments.GetValue(perCpu)))
                arguments.Refuse($"--format prometheus is for one look at all CPUs: leave out --watch and --per-cpu.");
            if (!isPrometheus && arguments.GetResult(output) is not null)
                arguments.Refuse($"--output requires --format prometheus.");
        });
        command.SetAction((arguments, stop) =>
        {
            Look look = new(machine, terminal, arguments.GetValue(file), stop);
            if (arguments.GetValue(format) == Prometheus)
                return WriteMetricsAsync(machine, look, terminal, arguments.GetValue(file) is null, arguments.GetValue(output), stop);
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

    private static async Task<int> WriteMetricsAsync(
        IMachine machine, Look look, Terminal terminal, bool isThisMachine, FileInfo? output, CancellationToken stop)
    {
        // A copy that cannot be read is an error. Without a provider on this machine, the metrics are toa_provider_up 0.
        string text;
        if (isThisMachine)
        {
            text = new MetricsSource(machine, null).Read();
        }
        else
        {
            PrometheusText metrics = new();
            ProviderMetrics.AddCounters(metrics, await look.ReadAsync());
            text = metrics.ToString();
        }

        if (output is null)
            await terminal.Output.WriteAsync(text);
        else
            await ReplaceAsync(output, text, stop);
        return ExitCode.Fine;
    }

    private static async Task ReplaceAsync(FileInfo file, string text, CancellationToken stop)
    {
        // A new name, and never an existing file: the folder may belong to another user.
        string temporary = $"{file.FullName}.{Path.GetRandomFileName()}.tmp";
        try
        {
            await using (StreamWriter writer = new(new FileStream(temporary, FileMode.CreateNew)))
                await writer.WriteAsync(text.AsMemory(), stop);
            File.Move(temporary, file.FullName, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"{file.FullName} cannot be written: {e.Message}", e);
        }
        finally
        {
            TryDelete(temporary);
        }
    }

    private static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder does not exist, or this user may not write there: then the file does not exist.
        }
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
            if (isJson || !terminal.HasCursor)
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

        public async Task<ToaStatistics> ReadAsync() => copy is null
            ? ProviderFiles.ReadStatistics(machine)
            : await ProviderFiles.ReadCopyAsync(terminal, copy, ToaStatistics.Parse, stop);

        public async Task<StatsDocument> AgainAsync()
        {
            ToaStatistics now = await ReadAsync();
            StatsDocument stats = StatsDocument.From(machine.Clock.GetLocalNow(), now, _last);
            _last = now;
            return stats;
        }
    }
}
