using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Net;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Doctor;
using Toa.Tool.Doctor.Bundle;
using Toa.Tool.Language;
using Toa.Tool.Machines;
using Toa.Tool.Output;

namespace Toa.Tool.Commands;

/// <summary><c>toa doctor</c></summary>
internal static class DoctorCommand
{
    public static Command Create(IMachine machine, Terminal terminal)
    {
        Option<string?> interfaceName = new("--interface")
        {
            HelpName = "NAME",
            Description = "Capture packets of this interface only, for example eth0",
        };
        Option<int> seconds = new("--seconds")
        {
            HelpName = "N",
            Description = "Capture packets and watch the counters for N seconds; 0 captures nothing",
            CustomParser = values => CommonOptions.Number(values.Tokens[0].Value, 0, 3600, values),
            DefaultValueFactory = _ => 5,
        };
        Option<IPEndPoint?> probe = new("--probe")
        {
            HelpName = "ADDRESS:PORT",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = values => values.Tokens.Count == 0 ? null : ControlOptions.ParseEnd(values.Tokens[0].Value, values),
            Description = "Make test connections too: in a network namespace that ends with them, clients connect through a balancer "
                + "to IPv4, dual-mode and IPv6 sockets, with each format that the provider reads. With ADDRESS:PORT, they connect to your "
                + "program that listens there. Requires CAP_SYS_ADMIN and CAP_NET_ADMIN",
        };
        Option<string> failOn = new("--fail-on")
        {
            HelpName = "SEVERITY",
            Description = "The lowest severity of a finding for which the exit code is 1: error or warning",
            DefaultValueFactory = _ => "error",
        };
        failOn.AcceptOnlyFromAmong("error", "warning");
        Option<FileInfo?> junit = new("--junit")
        {
            HelpName = "FILE",
            Description = "Write the findings as a JUnit report too, for CI systems",
        };
        Option<string?> bundle = new("--bundle")
        {
            HelpName = "FILE",
            Description = "Write FILE.tar.gz for a bug report too: findings, counters, connections, settings, the state of the providers, "
                + "log lines of TOA and the headers of some packets. It lists them and asks before it writes. Addresses and host names are "
                + "replaced",
        };
        bundle.Validators.Add(value =>
        {
            if (value.Tokens is [{ Value: var name }] && !BundleFile.IsName(name))
                value.Refuse($"'{name}' is not the name of a bundle: it must end with .tar.gz. Use {name}.tar.gz.");
        });
        Option<bool> yes = new("--yes") { Description = "With --bundle: write it without a question" };
        Option<bool> withAddresses = new("--with-addresses") { Description = "With --bundle: leave addresses and host names as they are" };
        Option<int[]> port = CommonOptions.Ports("Check only the service on port N");
        Command command = new(
            "doctor",
            "Check everything that can keep a server from seeing its clients, and show what to do next. Run it as root, while a "
            + "client connects through the balancer, or with --probe. Ctrl+C ends the capture early. Exit code 1: at least one finding is an "
            + "error. docs/operate/doctor.md explains every finding.")
        {
            interfaceName, seconds, port, probe, failOn, junit, bundle, yes, withAddresses,
        };
        command.Validators.Add(arguments =>
        {
            if (arguments.GetResult(bundle) is null
                && ((Option[])[yes, withAddresses]).FirstOrDefault(option => arguments.GetResult(option) is { Implicit: false }) is { } alone)
                arguments.Refuse($"{alone.Name} is an option of --bundle: add --bundle FILE, or remove {alone.Name}.");
        });
        command.SetAction((arguments, stop) => RunAsync(
            machine,
            terminal,
            new DoctorOptions(
                arguments.GetValue(interfaceName), TimeSpan.FromSeconds(arguments.GetValue(seconds)),
                arguments.GetRequiredValue(port), arguments.GetResult(probe) is not null, arguments.GetValue(probe),
                KeepsPackets: arguments.GetValue(bundle) is not null),
            arguments.GetValue(failOn) == "warning" ? Severity.Warning : Severity.Error,
            arguments.GetValue(junit),
            arguments.GetValue(bundle) is { } file
                ? new DoctorBundle(file, arguments.GetValue(yes), arguments.GetValue(withAddresses))
                : null,
            arguments.IsJson(),
            stop));
        return command;
    }

    private static async Task<int> RunAsync(
        IMachine machine, Terminal terminal, DoctorOptions options, Severity failOn, FileInfo? junit, DoctorBundle? bundle,
        bool isJson, CancellationToken stop)
    {
        bundle?.Check(machine);
        if (terminal.IsInteractive && options.Duration > TimeSpan.Zero)
        {
            Message capturing = $"Capturing packets and watching counters for {options.Duration.TotalSeconds} s …";
            await terminal.Error.WriteLineAsync(capturing.ToString());
        }

        Examination examination = await Examination.MakeAsync(new TimeLimitedMachine(machine, TimeLimitedMachine.Longest), options, stop);
        IReadOnlyList<Finding> findings = Checkup.Run(examination);
        DoctorDocument found = DoctorDocument.From(examination, findings);
        if (isJson)
            ToolJson.Write(terminal, found, ToolJson.Plain.DoctorDocument);
        else
            Report.Write(terminal, found, findings);
        if (junit is not null)
            JUnitReport.Write(junit, findings, failOn);
        // Last, because the findings must not be lost with it.
        if (bundle is not null)
            await bundle.WriteAsync(examination, terminal, stop);
        return findings.Any(finding => finding.Kind.Severity >= failOn) ? ExitCode.Trouble : ExitCode.Fine;
    }
}
