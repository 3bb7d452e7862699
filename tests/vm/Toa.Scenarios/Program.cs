using System.CommandLine;
using Toa.Scenarios.Commands;

return new RootCommand("What must hold on a booted kernel. Runs as root in a guest: it loads and unloads the provider.")
{
    ListCommand.Create(),
    RunCommand.Create(),
    RandomCommand.Create(),
    RaceCommand.Create(),
    CyclesCommand.Create(),
    HeldCommand.Create(),
    DemoCommand.Create(),
    StageOptions.Module,
    StageOptions.Ebpf,
    StageOptions.Cgroup,
    StageOptions.WithoutFiles,
    StageOptions.Programs,
}.Parse(args).Invoke();
