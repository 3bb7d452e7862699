using System.Threading.Tasks;
using FluentAssertions;
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

    public static TheoryData<string, string> Cases => ScenarioRun.Cases(ScenarioRun.EbpfKernels);
}
