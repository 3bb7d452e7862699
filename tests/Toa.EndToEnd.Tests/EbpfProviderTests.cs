using System.Threading.Tasks;
using FluentAssertions;
using Toa.Diagnostics;
using Toa.Tests.Support;
using Xunit;

namespace Toa.EndToEnd.Tests;

/// <summary>The functional suite with the eBPF provider: on its oldest kernel, and on this machine's where that allows it.</summary>
public class EbpfProviderTests
{
    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public async Task Scenario(string kernel, string scenario)
    {
        AskTheMachine(kernel);
        ScenarioRun run = await ScenarioRun.OnEbpf(kernel);
        run.Check(scenario);
    }

    [SkippableTheory]
    [MemberData(nameof(Kernels))]
    public async Task Kernel_reports_no_bug(string kernel)
    {
        AskTheMachine(kernel);
        ScenarioRun run = await ScenarioRun.OnEbpf(kernel);
        run.Guest.ExitCode.Should().Be(0, run.Guest.Error);
    }

    public static TheoryData<string> Kernels => [.. ScenarioRun.EbpfKernels];

    public static TheoryData<string, string> Cases =>
        ScenarioRun.Cases(ScenarioRun.EbpfKernels, ToaProviderKind.ToaEbpf);

    private static void AskTheMachine(string kernel)
    {
        if (kernel == ScenarioRun.Host)
            Machine.Demand("root", "namespaces", "tun", "cgroup", "bpf");
    }
}
