using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Toa.LoadBalancing.Capture;
using Toa.Tool.Capture;
using Toa.Tool.Capture.Connections;
using Toa.Tool.Language;
using Toa.Tool.Machines;
using Toa.Tool.Output;

namespace Toa.Tool.Commands;

/// <summary><c>toa capture</c></summary>
internal static class CaptureCommand
{
    public static Command Create(IMachine machine, Terminal terminal)
    {
        Option<string?> interfaceName = CommonOptions.Interface();
        Option<string?> write = new("--write", "-w")
        {
            HelpName = "FILE",
            Description = "Write the first bytes of all captured packets into a pcapng file, with the beginning of their data. An existing "
                + "file is replaced",
        };
        Option<int?> seconds = CommonOptions.Seconds();
        Option<int[]> port = CommonOptions.Ports("Only connections to port N");
        ProviderRulesOptions rulesOptions = new();
        CommandWithExamples command = new(
            "capture",
            "Show new connections with TOA options as they come in, as toa decode does, until Ctrl+C. Only incoming packets are captured: "
            + "run it on the server.",
            ["toa capture --port 443", "toa capture -i eth0 -w server.pcapng --seconds 60"])
        {
            interfaceName, write, seconds, port,
        };
        rulesOptions.AddTo(command);
        command.SetAction(async (arguments, stop) =>
        {
            (ProviderRules rules, DecodeSettings settings) = await rulesOptions.ReadAsync(arguments, machine, stop);
            string? link = arguments.GetValue(interfaceName), file = arguments.GetValue(write);
            int[] ports = arguments.GetRequiredValue(port);
            using IPacketSource source = machine.OpenCapture(link, withoutOptions: true);
            // To open a pipe waits for its reader.
            using PcapngWriter? writer =
                file is null ? null : await Task.Run(() => Create(file, link), CancellationToken.None).WaitAsync(stop);
            ConnectionPrinter printer = new(terminal, rules, arguments.IsJson());
            ConnectionTracker tracker = new([], rules.Formats, printer.Print, isLive: true);
            LiveCapture capture = new(source, tracker, ports, machine.Clock);
            printer.Begin(settings);

            using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop);
            using ITimer? timer = end.CancelAfter(machine.Clock, arguments.GetValue(seconds));
            Message? problem = await capture.RunAsync(writer, file, end.Token);
            tracker.End();
            List<Message> warnings = problem is null ? [] : [problem];
            if (source.TakeDropped() is > 0 and var dropped)
                warnings.Add(
                    $"packets that the kernel dropped, because there were too many: {dropped}. Select an interface with --interface.");
            printer.End(capture.Packets, tracker, warnings);
            return problem is null ? ExitCode.Fine : ExitCode.Trouble;
        });
        return command;
    }

    private static PcapngWriter Create(string file, string? link)
    {
        try
        {
            PcapngWriter writer = new(PacketCapture.CreateFile(file));
            writer.WriteSection("toa capture");
            writer.WriteInterface(link ?? "any", "incoming TCP packets, without their link headers");
            return writer;
        }
        catch (IOException e)
        {
            throw new ToolException($"{e.Message}", e);
        }
    }
}
