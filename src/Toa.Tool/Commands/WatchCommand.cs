using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Samples;
using Toa.Tool.Http;
using Toa.Tool.Language;
using Toa.Tool.Machines;
using Toa.Tool.Output;
using Toa.Tool.Provider;
using Toa.Tool.Watching;

namespace Toa.Tool.Commands;

/// <summary><c>toa provider watch</c></summary>
internal static class WatchCommand
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    public static Command Create(IMachine machine, Terminal terminal, Option<string> kind)
    {
        ModuleParameters parameters = new();
        EbpfParameters ebpfParameters = new(forNow: true);
        Option<bool> orEbpf = new("--or-ebpf")
        {
            Description = "If the module cannot be built or loaded, use the eBPF provider. If that one is loaded already, keep it",
        };
        Option<bool> once = new("--once") { Description = "Load the provider and end" };
        Option<int> interval = new("--interval")
        {
            HelpName = "SECONDS",
            Description = "Interval in seconds at which the provider is checked",
            CustomParser = values => CommonOptions.Number(values.Tokens[0].Value, 1, 86_400, values),
            DefaultValueFactory = _ => 10,
        };
        Option<IPEndPoint[]> listen = new("--listen")
        {
            HelpName = "ADDRESS:PORT",
            Description = "The address for HTTP: /healthz (status 503 if no provider serves) and /metrics (the counters, for "
                + "Prometheus); can be repeated (default: no HTTP). [::] accepts IPv4 clients too",
            CustomParser = ListenAddress.ParseAll,
            DefaultValueFactory = _ => [],
        };
        Command command = new(
            "watch",
            "Load the provider, and load it again if it is missing later. If it is loaded already, apply the settings. At the end, the "
            + "provider stays loaded. Builds the module if no module of this project is installed.")
        {
            orEbpf, once, interval, listen,
        };
        parameters.AddTo(command);
        ebpfParameters.AddTo(command, kind, orEbpf);
        command.SetAction(async (arguments, stop) =>
        {
            // A provider that starts by itself on many machines must not accept TOA options from any source by mistake.
            if (!parameters.NamesTrusted(arguments))
                throw new ToolException(
                    $"name the networks of your balancers, for example --trusted 10.0.0.16/28. To accept TOA options from any source: "
                    + $"--trusted 0.0.0.0/0 --trusted ::/0.")
                {
                    ExitCode = ExitCode.WrongCommandLine,
                };
            WatchState state = new(machine);
            bool isJson = arguments.IsJson();
            IReadOnlyList<string> settings = parameters.Read(arguments);
            WantedProvider wanted = new(
                arguments.GetRequiredValue(kind), arguments.GetValue(orEbpf), settings, [.. ebpfParameters.Read(arguments), .. settings]);
            ProviderKeeper keeper = new(machine, wanted, Tell);
            state.Set(await keeper.StartAsync(stop), null, keeper.Loads);
            if (arguments.GetValue(once))
                return ExitCode.Fine;

            IPEndPoint[] ends = arguments.GetRequiredValue(listen);
            try
            {
                await using HttpServer? server = ends.Length > 0
                    ? await new MetricsServer(state.Health, state.Metrics).ListenAsync(ends, Tell)
                    : null;
                await WatchAsync(keeper, state, Tell, TimeSpan.FromSeconds(arguments.GetValue(interval)), machine, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // The user stopped the command. The provider stays loaded.
            }

            return ExitCode.Fine;

            void Tell(Message message)
            {
                if (isJson)
                    ToolJson.Write(
                        terminal, new WatchEvent(machine.Clock.GetLocalNow(), state.Kind, message.ToString()), ToolJson.Plain.WatchEvent);
                else
                    terminal.Output.WriteLine(message.ToString());
            }
        });
        return command;
    }

    private static async Task WatchAsync(
        ProviderKeeper keeper, WatchState state, Action<Message> tell, TimeSpan interval, IMachine machine, CancellationToken stop)
    {
        TimeSpan pause = interval;
        while (true)
        {
            await Task.Delay(pause, machine.Clock, stop);
            await LookAsync(keeper, state, tell, stop);
            // Each attempt may build the module.
            pause = state.Problem is null ? interval : pause < LongestPause ? 2 * pause : pause;
        }
    }

    private static async Task LookAsync(ProviderKeeper keeper, WatchState state, Action<Message> tell, CancellationToken stop)
    {
        try
        {
            string kind = await keeper.LookAsync(stop);
            state.Set(kind, null, keeper.Loads);
        }
        catch (Exception e) when (e is ToolException or CannotLookException)
        {
            if (state.Problem != e.Message)
                tell($"No provider serves: {e.Message}");
            state.Set(null, e.Message, keeper.Loads);
        }
    }
}
