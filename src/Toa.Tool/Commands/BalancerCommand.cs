using System;
using System.CommandLine;
using Toa.Tool.Balancing;
using Toa.Tool.Balancing.Control;
using Toa.Tool.Language;
using Toa.Tool.Machines;
using Toa.Tool.Output;

namespace Toa.Tool.Commands;

/// <summary><c>toa lb</c></summary>
internal static class BalancerCommand
{
    private const string Description =
        "Run a load balancer for development and tests. It connects IPv4 and IPv6 clients to IPv4 and IPv6 servers (full NAT, "
        + "NAT64, NAT66, NAT46), writes TOA options, and uses its own TUN device. Ctrl+C stops it and removes the device. "
        + "Requires CAP_NET_ADMIN.";

    private static readonly string[] Examples =
    [
        "toa lb demo",
        "toa lb --listen [2001:db8:100::1]:80=10.0.0.2:8080",
        "toa lb --listen [2001:db8:100::1]:80=10.0.0.2:8080,10.0.0.3:8080*2 --listen 198.51.100.1:80=10.0.0.2:8080",
        "toa lb --listen [2001:db8:100::1]:80=[fd00::2]:8080 --listen 198.51.100.1:80=[fd00::2]:8080",
        "toa lb --listen 198.51.100.1:80=10.0.0.2:8080 --format alibaba-vpc --placement syn --health-check",
        "toa lb --listen 198.51.100.1:80=10.0.0.2:8080 --fault drop=2 --fault forged-after=10",
        "toa lb faults --clear",
    ];

    public static Command Create(IMachine machine, Terminal terminal)
    {
        BalancerSettings settings = new();
        Option<int> interval = new("--interval")
        {
            HelpName = "SECONDS",
            Description = "Interval in seconds at which the counters are shown: live on a terminal, otherwise only those that "
                + "changed",
            CustomParser = values => CommonOptions.Number(values.Tokens[0].Value, 1, 86_400, values),
            DefaultValueFactory = _ => 2,
        };
        Option<int?> flows = new("--flows")
        {
            HelpName = "N",
            Description = "Show N connections too (default: 10 on a terminal, otherwise 0)",
            CustomParser = values => CommonOptions.Number(values.Tokens[0].Value, 0, int.MaxValue, values),
        };
        Option<string?> control = ControlOptions.OfBalancer();
        Option<bool> noControl = new("--no-control") { Description = "Do not create a control socket" };
        CommandWithExamples command = new("lb", Description, Examples)
        {
            DemoCommand.Create(machine, terminal),
            FlowsCommand.Create(machine, terminal),
            FaultsCommand.Create(machine, terminal),
            SetCommand.Create(machine, terminal),
            DrainCommand.Create(machine, terminal),
        };
        settings.AddTo(command);
        command.Options.Add(control);
        command.Options.Add(noControl);
        command.Options.Add(interval);
        command.Options.Add(flows);
        command.Validators.Add(given =>
        {
            if (given.GetValue(noControl) && given.GetResult(control) is not null)
                given.Refuse($"--control and --no-control exclude each other.");
        });
        command.SetAction(async (arguments, stop) =>
        {
            bool isJson = arguments.IsJson();
            IBalancerView view = terminal.HasCursor && !isJson
                ? new BalancerScreen(terminal)
                : new BalancerLines(terminal, isJson);
            RunningBalancer balancer = new(
                settings.Read(arguments), view, machine, new ControlChoice(!arguments.GetValue(noControl), arguments.GetValue(control)),
                TimeSpan.FromSeconds(arguments.GetValue(interval)), arguments.GetValue(flows) ?? view.UsualFlows);
            await view.ShowDuringAsync(() => balancer.RunAsync(stop));
            return ExitCode.Fine;
        });
        return command;
    }
}
