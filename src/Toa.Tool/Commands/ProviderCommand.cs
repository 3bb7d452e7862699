using System;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Toa.Diagnostics;
using Toa.Tool.Language;
using Toa.Tool.Machines;
using Toa.Tool.Output;
using Toa.Tool.Provider;

namespace Toa.Tool.Commands;

/// <summary><c>toa provider</c></summary>
internal static class ProviderCommand
{
    private const string KindName = "--kind";

    public static Command Create(IMachine machine, Terminal terminal)
    {
        Option<string> kind = new(KindName)
        {
            HelpName = "KIND",
            Description = "The provider: module (the kernel module) or ebpf (the eBPF programs)",
            DefaultValueFactory = _ => ModuleProvider.Kind,
            Recursive = true,
        };
        kind.AcceptOnlyFromAmong(ModuleProvider.Kind, EbpfProvider.Kind);
        return new Command(
            "provider", "Build, install, load and unload a provider: the part that reads TOA options in the kernel.")
        {
            Status(machine, terminal),
            Build(machine, terminal),
            Install(machine, terminal, kind),
            Action(
                "uninstall",
                "Remove the module from DKMS, with its source and its settings. With --kind ebpf: remove the eBPF provider and its "
                + "systemd unit.",
                machine, terminal,
                (provider, steps, _, stop) => new ModuleInstallation(machine, provider, steps).UninstallAsync(stop),
                (steps, _, stop) => new EbpfInstallation(machine, steps).UninstallAsync(stop)),
            Load(machine, terminal, kind),
            Action(
                "unload", "Unload the provider. Connections stay open and appear with the balancer's address.", machine, terminal,
                (provider, steps, _, stop) => new ModuleLoad(machine, provider, steps).UnloadAsync(stop),
                (steps, _, stop) => EbpfProvider.UnloadAsync(steps, stop)),
            WatchCommand.Create(machine, terminal, kind),
            EnrollKeyCommand.Create(machine, terminal),
            kind,
        };
    }

    private static Command Status(IMachine machine, Terminal terminal)
    {
        Command command = new("status",
            "Show what is built, installed and loaded. Exit code 1: no provider is loaded, or it is incomplete.");
        command.SetAction(async (arguments, stop) =>
        {
            ProviderDocument status = IsEbpf(arguments)
                ? await new EbpfProvider(machine).StatusAsync(stop)
                : await new ModuleProvider(machine).StatusAsync(stop);
            if (arguments.IsJson())
                ToolJson.Write(terminal, status, ToolJson.Plain.ProviderDocument);
            else
                Print(terminal, status);
            return status is { Loaded: true, Problem: null } ? ExitCode.Fine : ExitCode.Trouble;
        });
        return command;
    }

    private static Command Build(IMachine machine, Terminal terminal)
    {
        Option<string?> headers = new("--kdir")
        {
            HelpName = "DIR",
            Description = "The kernel headers to build with (default: those of the running kernel)",
        };
        Option<string?> output = new("--output")
        {
            HelpName = "DIR",
            Description = "The folder to build in (default: a folder in the user's cache, where toa provider load finds the "
                + "module)",
        };
        Command command = Action(
            "build", "Build the kernel module from the source in this program.", machine, terminal,
            (provider, steps, arguments, stop) =>
                new ModuleBuild(machine, provider, steps).RunAsync(arguments.GetValue(headers), arguments.GetValue(output), stop),
            (_, _, _) => EbpfProvider.Refuse("build"));
        command.Options.Add(headers);
        command.Options.Add(output);
        return command;
    }

    private static Command Install(IMachine machine, Terminal terminal, Option<string> kind)
    {
        ModuleParameters parameters = new();
        EbpfParameters ebpfParameters = new(forNow: false);
        Command command = Action(
            "install",
            "Install the module with DKMS, for this kernel and future kernels, and load it at boot. With --kind ebpf: install "
            + "the eBPF provider with a systemd unit.",
            machine, terminal,
            (provider, steps, arguments, stop) =>
                new ModuleInstallation(machine, provider, steps).InstallAsync(parameters.Read(arguments), stop),
            (steps, arguments, stop) => new EbpfInstallation(machine, steps).InstallAsync(
                [.. ebpfParameters.Read(arguments), .. parameters.Read(arguments)], stop));
        parameters.AddTo(command);
        ebpfParameters.AddTo(command, kind);
        return command;
    }

    private static Command Load(IMachine machine, Terminal terminal, Option<string> kind)
    {
        ModuleParameters parameters = new();
        EbpfParameters ebpfParameters = new(forNow: true);
        Option<string?> module = new("--module")
        {
            HelpName = "FILE",
            Description = "The module to load (default: the installed module, else the module from toa provider build). "
                + "With --kind ebpf: the path of toa-bpf",
        };
        Command command = Action(
            "load", "Load the provider.", machine, terminal,
            (provider, steps, arguments, stop) =>
                new ModuleLoad(machine, provider, steps).LoadAsync(arguments.GetValue(module), parameters.Read(arguments), stop),
            (steps, arguments, stop) =>
                new EbpfProvider(machine).LoadAsync(
                    arguments.GetValue(module), [.. ebpfParameters.Read(arguments), .. parameters.Read(arguments)], steps, stop));
        command.Options.Add(module);
        parameters.AddTo(command);
        ebpfParameters.AddTo(command, kind);
        return command;
    }

    /// <summary>A command that changes the machine.</summary>
    private static Command Action(
        string name, string description, IMachine machine, Terminal terminal,
        Func<ModuleProvider, Steps, ParseResult, CancellationToken, Task<ActionDocument>> run,
        Func<Steps, ParseResult, CancellationToken, Task<ActionDocument>> runEbpf)
    {
        Option<bool> dryRun = DryRun();
        Command command = new(name, description) { dryRun };
        command.SetAction(async (arguments, stop) =>
        {
            Steps steps = new(machine, arguments.GetValue(dryRun));
            ActionDocument done = IsEbpf(arguments)
                ? await runEbpf(steps, arguments, stop)
                : await run(new ModuleProvider(machine), steps, arguments, stop);
            Print(terminal, done, arguments);
            return ExitCode.Fine;
        });
        return command;
    }

    public static Option<bool> DryRun() => new("--dry-run") { Description = "Only print the commands" };

    public static bool IsEbpf(ParseResult arguments) => arguments.GetValue<string>(KindName) == EbpfProvider.Kind;

    public static void Print(Terminal terminal, ActionDocument done, ParseResult arguments)
    {
        if (arguments.IsJson())
        {
            ToolJson.Write(terminal, done, ToolJson.Plain.ActionDocument);
            return;
        }

        foreach (string command in done.DryRun ? done.Commands : done.Log)
            terminal.Output.WriteLine(command);
        if (!done.DryRun)
            terminal.Output.WriteLine(done.Message);
    }

    private static void Print(Terminal terminal, ProviderDocument status)
    {
        if (status.Kind == EbpfProvider.Kind)
        {
            PrintLoaded();
            return;
        }
        Message no = $"no", noEntry = $"no entry", noFile = $"unknown: modinfo -n toa shows no file";
        Line("source", $"version {status.Version}, in this program");
        Line("built", status.Built is { } built ? Describe(built) : no);
        Line("installed", status.Installed.Count > 0 ? (Message)$"{string.Join("; ", status.Installed.Select(Describe))}" : no);
        if (status.Installed.Count > 0)
            Line("modprobe loads", status.Modprobe is { } file ? (Message)$"{file}" : noFile);
        Line("DKMS", status.Dkms.Count > 0 ? (Message)$"{string.Join("; ", status.Dkms)}" : noEntry);
        PrintLoaded();

        void PrintLoaded()
        {
            bool isAnswered = status.Loaded || status.Provider != nameof(ToaProviderKind.None);
            Message isLoaded = status.Loaded ? (Message)$"yes" : $"no";
            Message who = isAnswered
                ? (Message)$"{status.Provider} answers programs"
                : $"the running kernel is {status.KernelRelease}";
            Line("loaded", $"{isLoaded}; {who}");
            if (status.Problem is { } problem)
                Line("problem", $"{problem}");
            Message hidden = $"not readable by this user";
            foreach ((string name, string? value) in status.Parameters)
                Line("  " + name, value is null ? hidden : $"{value}");
        }

        void Line(string name, Message text) => PrintLine(terminal, name, text);
    }

    public static void PrintLine(Terminal terminal, string name, Message text) =>
        terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name + ":",-22}{text}"));

    private static Message Describe(ModuleFile module)
    {
        Message unknown = $"unknown", unknownKernel = $"an unknown kernel";
        string version = module.Version ?? unknown.ToString(), kernel = module.Release ?? unknownKernel.ToString();
        return module.IsOwn == true
            ? (Message)$"{module.Path} (version {version}, for {kernel})"
            : $"{module.Path} ({module.Whose}, version {version}, for {kernel})";
    }
}
