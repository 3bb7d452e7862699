using System.CommandLine;
using Toa.Tool.Balancing;
using Toa.Tool.Balancing.Demo;
using Toa.Tool.Machines;
using Toa.Tool.Output;

namespace Toa.Tool.Commands;

/// <summary><c>toa lb demo</c></summary>
internal static class DemoCommand
{
    private const string Description =
        "Start a client, the balancer and a server in network namespaces, send one IPv6 and one IPv4 request, and print "
        + "what to type next. Ctrl+C stops the demo and removes everything. Requires root.";

    private static readonly string[] Examples =
    [
        "sudo toa lb demo",
        "sudo toa lb demo --once --fault drop=10 --fault reorder=10",
    ];

    public static Command Create(IMachine machine, Terminal terminal)
    {
        ListenerSettings settings = new();
        Option<bool> once = new("--once") { Description = "Stop after the first requests" };
        CommandWithExamples command = new("demo", Description, Examples) { once };
        settings.AddTo(command);
        command.SetAction(async (arguments, stop) =>
        {
            bool isJson = arguments.IsJson();
            BalancerDemo demo = new(machine, terminal, isJson, arguments.GetValue(once));
            await demo.RunAsync(listener => settings.Apply(arguments, listener), stop);
            return ExitCode.Fine;
        });
        return command;
    }
}
