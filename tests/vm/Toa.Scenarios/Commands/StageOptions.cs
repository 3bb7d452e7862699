using System;
using System.CommandLine;
using System.IO;

namespace Toa.Scenarios.Commands;

/// <summary>The options of all commands that need a <see cref="Stage"/>.</summary>
internal static class StageOptions
{
    public static Option<string> Module { get; } = new("--module")
    {
        Description = "The kernel module to load",
        DefaultValueFactory = _ => "/bin/toa.ko",
        Recursive = true,
    };

    public static Option<string?> Ebpf { get; } = new("--ebpf")
    {
        Description = "toa-bpf: the provider is that one, and no kernel module",
        Recursive = true,
    };

    public static Option<string?> Cgroup { get; } = new("--cgroup")
    {
        Description = "Where the eBPF provider is attached; the root of all cgroups by default",
        Recursive = true,
    };

    public static Option<bool> WithoutFiles { get; } = new("--without-files")
    {
        Description = "This kernel refuses the programs behind the eBPF provider's files: expect none",
        Recursive = true,
    };

    public static Option<string> Programs { get; } = new("--programs")
    {
        Description = "The folder of toa, WhoAmI, and the other programs and modules that scenarios use",
        DefaultValueFactory = _ => "/bin",
        Recursive = true,
    };

    /// <summary>
    /// The command loads the provider and runs the action with a stage. An expected kind of failure is exit status 1.
    /// </summary>
    public static Command OnStage(this Command command, Func<Stage, ParseResult, int> action)
    {
        command.SetAction(arguments =>
        {
            try
            {
                IProvider provider = arguments.GetValue(Ebpf) is { } loader
                    ? new EbpfProvider(loader, arguments.GetValue(Cgroup)) { MakesFiles = !arguments.GetValue(WithoutFiles) && File.Exists("/sys/kernel/btf/vmlinux") }
                    : new KernelModule(arguments.GetRequiredValue(Module), "toa");
                Provider.Current = provider;
                provider.EnsureLoaded();
                using var stage = new Stage(provider, arguments.GetRequiredValue(Programs));
                return action(stage, arguments);
            }
            catch (Exception exception) when (exception is ScenarioFailedException or IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine($"toa-scenarios: {exception.Message}");
                return 1;
            }
        });
        return command;
    }
}
