using System;
using System.Threading;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tests.Support;
using Toa.Tool.Machines;
using Xunit;

namespace Toa.Tool.Tests.Machines;

/// <summary>Programs that the tool runs, and signals to its whole process group.</summary>
public sealed class ThisMachineTests
{
    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_program_that_a_signal_ended_before_the_tool_has_noticed_it_is_not_a_failure(string signal)
    {
        using CancellationTokenSource stop = new();
        Task<ProcessResult> run = new ThisMachine().RunAsync("sh", ["-c", $"kill -{signal} $$"], stop.Token);

        run.IsCompleted.Should().BeFalse();
        stop.Cancel();

        await FluentActions.Awaiting(() => Deadline.Within(run)).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task A_program_that_was_killed_by_itself_tells_its_status() =>
        (await Deadline.Within(new ThisMachine().RunAsync("sh", ["-c", "kill -TERM $$"], CancellationToken.None)))
            .ExitCode.Should().Be(128 + 15);
}
