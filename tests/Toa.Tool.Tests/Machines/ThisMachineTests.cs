using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
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

    [Theory]
    [InlineData("cat", "two\nlines\n")]
    [InlineData("true", "")] // which does not read it
    public async Task A_program_gets_its_standard_input(string program, string output)
    {
        ThisMachine machine = new();

        ProcessResult result = await Deadline.Within(machine.RunAsync(program, [], CancellationToken.None, "two\nlines\n"));

        result.Should().Be(new ProcessResult(0, output, ""));
        string tooMuch = new(' ', 1 << 20);
        (await Deadline.Within(machine.RunAsync("true", [], CancellationToken.None, tooMuch))).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task On_a_terminal_the_output_of_a_program_is_not_taken() =>
        (await Deadline.Within(new ThisMachine().RunOnTerminalAsync("sh", ["-c", "exit 3"], CancellationToken.None)))
            .Should().Be(new ProcessResult(3, "", ""));

    [Fact]
    public async Task A_process_that_goes_on_with_the_output_of_the_program_can_be_left()
    {
        string file = Path.GetTempFileName();
        using CancellationTokenSource stop = new();
        Task<ProcessResult> run = new ThisMachine().RunAsync("sh", ["-c", $"sleep 3600 & echo $! >{file}"], stop.Token);
        Deadline.WaitUntil(() => File.ReadAllText(file).EndsWith('\n'), "it has started");
        using Process process = Process.GetProcessById(int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture));

        stop.CancelAfter(TimeSpan.FromSeconds(1));

        await FluentActions.Awaiting(() => Deadline.Within(run)).Should().ThrowAsync<OperationCanceledException>();
        process.Kill();
        File.Delete(file);
    }

    [Fact]
    public async Task A_program_that_was_killed_by_itself_tells_its_status() =>
        (await Deadline.Within(new ThisMachine().RunAsync("sh", ["-c", "kill -TERM $$"], CancellationToken.None)))
            .ExitCode.Should().Be(128 + 15);
}
