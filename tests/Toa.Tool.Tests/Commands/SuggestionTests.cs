using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Commands;

/// <summary>What the completion scripts of shells get.</summary>
public sealed class SuggestionTests
{
    [Theory]
    [InlineData("toa ", "doctor")]
    [InlineData("toa pro", "provider")]
    [InlineData("toa provider ", "uninstall")]
    [InlineData("toa provider install --fo", "--formats")]
    [InlineData("toa provider install --kind ", "ebpf")]
    [InlineData("toa lb --placement first", "first-data")]
    [InlineData("toa lb demo --o", "--once")]
    [InlineData("toa stats --j", "--json")]
    public async Task Words_that_fit_are_suggested(string line, string expected)
    {
        Run run = await SuggestAsync(line.Length, line);

        run.ExitCode.Should().Be(0, run.Error);
        run.Lines.Should().Contain(expected);
    }

    [Theory]
    [InlineData("toa pro", "doctor")]
    [InlineData("toa provider ", "doctor")]
    [InlineData("toa stats --", "--trusted")]
    [InlineData("toa stats ", "/h")]
    public async Task Words_that_do_not_fit_are_not(string line, string other) =>
        (await SuggestAsync(line.Length, line)).Lines.Should().NotContain(other);

    [Fact]
    public async Task The_position_counts_not_the_end_of_the_line()
    {
        (await SuggestAsync(5, "toa p --json")).Lines.Should().Contain("provider");
        (await SuggestAsync(999, "toa provider lo")).Lines.Should().Contain("load").And.Contain("unload");
    }

    [Fact]
    public async Task Nothing_else_happens()
    {
        using FakeMachine machine = new() { IsInert = true };

        (await Run.ToaAsync(machine, "[suggest:20]", "toa provider unload ")).ExitCode.Should().Be(0);
        (await Run.ToaAsync(machine, "[suggest:x]", "toa ")).ExitCode.Should().Be(2);
    }

    private static async Task<Run> SuggestAsync(int position, string line)
    {
        using FakeMachine machine = new() { IsInert = true };
        return await Run.ToaAsync(machine, $"[suggest:{position}]", line);
    }
}
