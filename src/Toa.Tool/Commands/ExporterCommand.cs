using System;
using System.CommandLine;
using System.IO;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Samples;
using Toa.Diagnostics;
using Toa.Tool.Http;
using Toa.Tool.Language;
using Toa.Tool.Machines;
using Toa.Tool.Metrics;
using Toa.Tool.Output;

namespace Toa.Tool.Commands;

/// <summary><c>toa exporter</c></summary>
internal static class ExporterCommand
{
    public static Command Create(IMachine machine, Terminal terminal)
    {
        Option<IPEndPoint[]> listen = new("--listen")
        {
            HelpName = "ADDRESS:PORT",
            Description = "The address for HTTP: /metrics, and /healthz (status 503 if no provider is loaded); can be repeated "
                + "(default: 127.0.0.1:9469). [::] accepts IPv4 clients too",
            CustomParser = ListenAddress.ParseAll,
            DefaultValueFactory = _ => [new IPEndPoint(IPAddress.Loopback, 9469)],
        };
        Option<string?> file = CommonOptions.File("/proc/net/toa_stats");
        Command command = new(
            "exporter",
            "Serve the counters of the provider to Prometheus until Ctrl+C. It changes nothing, and reads the counters for each request. "
            + "With the eBPF provider, it requires root.")
        {
            listen, file,
        };
        command.Validators.Add(arguments =>
        {
            if (arguments.GetResult(file)?.Tokens is [{ Value: "-" }])
                arguments.Refuse($"--file - cannot be read again for each request. Name a file.");
        });
        command.SetAction(async (arguments, stop) =>
        {
            Source source = new(machine, arguments.GetValue(file));
            MetricsServer answers = new(source.Health, source.Metrics);
            bool isJson = arguments.IsJson();
            await using HttpServer server = await answers.ListenAsync(arguments.GetRequiredValue(listen), Tell);
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, machine.Clock, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // The user stopped the command.
            }

            return ExitCode.Fine;

            void Tell(Message message)
            {
                if (isJson)
                    ToolJson.Write(terminal, new ExporterEvent(machine.Clock.GetLocalNow(), message.ToString()), ToolJson.Plain.ExporterEvent);
                else
                    terminal.Output.WriteLine(message.ToString());
            }
        });
        return command;
    }

    /// <summary>Where the counters come from: this machine's provider, or a copy of another machine's file.</summary>
    private sealed class Source(IMachine machine, string? copy)
    {
        public (bool IsFine, string Line) Health()
        {
            ToaProviderKind kind = copy is null ? machine.DetectProvider().Kind : ToaProviderKind.None;
            return copy is not null ? (true, copy)
                : kind == ToaProviderKind.None ? (false, "no provider is loaded")
                : (true, kind.ToString());
        }

        public string Metrics()
        {
            PrometheusText text = new();
            if (copy is null)
            {
                ToaProviderKind kind = machine.DetectProvider().Kind;
                ProviderMetrics.AddProvider(text, kind == ToaProviderKind.None ? null : kind.ToString());
            }

            bool isRead = true;
            try
            {
                ProviderMetrics.AddCounters(text, copy is null ? machine.ReadStatistics() : ToaStatistics.Parse(File.ReadAllText(copy)));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                // A missing series shows that there are no counters; a zero would be wrong.
                isRead = false;
            }

            text.Add("counters_read", "gauge", "Whether the provider's counters could be read: 1 or 0.", new PrometheusText.Sample(isRead ? 1 : 0));
            return text.ToString();
        }
    }
}

/// <summary>A line of <c>toa exporter --json</c>.</summary>
internal sealed record ExporterEvent(DateTimeOffset Time, string Message);
