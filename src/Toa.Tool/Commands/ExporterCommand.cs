using System;
using System.CommandLine;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Samples;
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
            MetricsSource source = new(machine, arguments.GetValue(file));
            MetricsServer answers = new(source.Health, source.Read);
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
}

/// <summary>A line of <c>toa exporter --json</c>.</summary>
internal sealed record ExporterEvent(DateTimeOffset Time, string Message);
