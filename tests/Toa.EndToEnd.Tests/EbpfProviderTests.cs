using System.Threading.Tasks;
using FluentAssertions;
using Toa.Scenarios;
using Toa.Scenarios.Suite;
using Xunit;

namespace Toa.EndToEnd.Tests;

/// <summary>The functional suite with the eBPF provider, which skips what is about the module alone.</summary>
public class EbpfProviderTests
{
    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Scenario(string kernel, string scenario)
    {
        ScenarioRun run = await ScenarioRun.OnEbpf(kernel);
        run.ErrorOf(scenario).Should().BeNull();
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public async Task Kernel_reports_no_bug(string kernel)
    {
        ScenarioRun run = await ScenarioRun.OnEbpf(kernel);
        run.Guest.ExitCode.Should().Be(0, run.Guest.Error);
    }

    public static TheoryData<string> Kernels => [.. ScenarioRun.EbpfKernels];

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (string kernel in ScenarioRun.EbpfKernels)
        foreach (Scenario scenario in AllScenarios.List)
            cases.Add(kernel, scenario.Name);
        return cases;
    }
}
