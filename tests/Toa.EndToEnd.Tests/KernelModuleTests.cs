using System.Threading.Tasks;
using FluentAssertions;
using Xunit;

namespace Toa.EndToEnd.Tests;

/// <summary>The functional suite with the kernel module as the provider, on stock kernels.</summary>
public class KernelModuleTests
{
    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Scenario(string kernel, string scenario)
    {
        ScenarioRun run = await ScenarioRun.On(kernel);
        run.ErrorOf(scenario).Should().BeNull();
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public async Task Kernel_reports_no_bug(string kernel)
    {
        ScenarioRun run = await ScenarioRun.On(kernel);
        run.Guest.Error.Should().NotContain("the kernel reports a bug");
        run.Guest.ExitCode.Should().Be(0, run.Guest.Error);
    }

    public static TheoryData<string> Kernels => [.. ScenarioRun.Kernels];

    public static TheoryData<string, string> Cases => ScenarioRun.Cases(ScenarioRun.Kernels);
}
