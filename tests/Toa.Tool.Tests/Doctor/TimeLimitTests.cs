using System;
using System.Threading;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tests.Support;
using Toa.Tool.Doctor;
using Toa.Tool.Machines;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Doctor;

/// <summary>What the doctor does with programs that do not end, and with many processes.</summary>
public sealed class TimeLimitTests
{
    [Fact]
    public async Task A_program_that_does_not_end_counts_as_failed()
    {
        TimeLimitedMachine machine = new(new ThisMachine(), TimeSpan.FromSeconds(1));

        ProcessResult result = await Deadline.Within(machine.RunAsync("sleep", ["3600"], CancellationToken.None));

        result.IsFine.Should().BeFalse();
        result.IsMissing.Should().BeFalse();
        result.Complaint.Should().Be("sleep did not end in 1 seconds");
    }

    [Fact]
    public async Task The_user_can_end_it_earlier()
    {
        using CancellationTokenSource stop = new(TimeSpan.FromSeconds(1));
        TimeLimitedMachine machine = new(new ThisMachine(), TimeSpan.FromHours(1));

        await FluentActions.Awaiting(() => Deadline.Within(machine.RunAsync("sleep", ["3600"], stop.Token)))
            .Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Every_program_of_the_doctor_has_a_limit()
    {
        using FakeMachine machine = new FakeMachine().Listen("0.0.0.0:7000 101").Process(7, "web", "101")
            .Write($"lib/modules/{FakeMachine.Release}/build/include/config/auto.conf", "CONFIG_CC_IS_GCC=y\n")
            .Program("dkms status").Program("modinfo").Program("ss -Hltne").Program("gcc -", "14.2.0\n");

        await Diagnosis.OfAsync(machine);

        machine.Calls.Should().Contain(["dkms status -m toa", "modinfo -n toa", "ss -Hltne", "gcc -dumpfullversion -dumpversion"]);
        machine.EndlessCalls.Should().BeEmpty();
    }

    [Fact]
    public async Task The_processes_are_searched_for_listeners_once()
    {
        using FakeMachine machine = new FakeMachine().Listen("0.0.0.0:7000 101").Process(7, "web", "101");
        // After the examination has looked at the ports for the rules.
        machine.AfterRun = call =>
        {
            if (call == "ss -Hltne")
                machine.Remove("proc/7");
        };
        machine.Program("ss -Hltne");

        (await Diagnosis.OfAsync(machine))["TOA600"].Seen.Should().Be("0.0.0.0:7000 (web).");
    }
}
