using System;
using System.CommandLine;
using Toa.Tool.Balancing;
using Toa.Tool.Machines;
using Toa.Tool.Output;

namespace Toa.Tool.Commands;

/// <summary><c>toa lb</c></summary>
internal static class BalancerCommand
{
    private const string Description =
        "A balancer to develop and test against: gives IPv4 servers their IPv6 (NAT64) and IPv4 (full NAT) clients, "
        + "with the TOA option, through a TUN device of its own. Ends on Ctrl+C, and the device with it. Needs "
        + "CAP_NET_ADMIN.";

    private static readonly string[] Examples =
    [
        "toa lb demo",
        "toa lb --listen [2001:db8:100::1]:80=10.0.0.2:8080",
        "toa lb --listen [2001:db8:100::1]:80=10.0.0.2:8080,10.0.0.3:8080*2 --listen 198.51.100.1:80=10.0.0.2:8080",
        "toa lb --listen 198.51.100.1:80=10.0.0.2:8080 --ipv4-option 254/8 --placement syn --health-check",
        "toa lb --listen 198.51.100.1:80=10.0.0.2:8080 --fault drop=2 --fault forged-after=10",
    ];

    public static Command Create(IMachine machine, Terminal terminal)
    {
        BalancerSettings settings = new();
        Option<int> interval = new("--interval")
        {
            HelpName = "SECONDS",
            Description = "Show the counters every so many seconds: live on a terminal, else those that have moved",
            CustomParser = values => CommonOptions.Number(values.Tokens[0].Value, 1, 86_400, values),
            DefaultValueFactory = _ => 2,
        };
        Option<int?> flows = new("--flows")
        {
            HelpName = "N",
            Description = "Show so many connections as well, 10 on a terminal and none elsewhere if not said",
            CustomParser = values => CommonOptions.Number(values.Tokens[0].Value, 0, int.MaxValue, values),
        };
        CommandWithExamples command = new("lb", Description, Examples) { DemoCommand.Create(machine, terminal) };
        settings.AddTo(command);
        command.Options.Add(interval);
        command.Options.Add(flows);
        command.SetAction(async (arguments, stop) =>
        {
            bool isJson = arguments.GetValue(CommonOptions.Json);
            IBalancerView view = terminal.IsInteractive && !isJson
                ? new BalancerScreen(terminal)
                : new BalancerLines(terminal, isJson);
            RunningBalancer balancer = new(
                settings.Read(arguments), view, machine.Clock,
                TimeSpan.FromSeconds(arguments.GetValue(interval)), arguments.GetValue(flows) ?? view.UsualFlows);
            await view.ShowDuringAsync(() => balancer.RunAsync(stop));
            return ExitCode.Fine;
        });
        return command;
    }
}
