using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Commands;

public sealed class StatsTests
{
    private const string Counters =
        """
                                        CPU0       CPU1
        syn_recv_sock_toa        :         3          4
        syn_recv_sock_no_toa     :         0         12
        """;

    [Fact]
    public async Task Totals_are_shown_in_columns()
    {
        using FakeMachine machine = new FakeMachine().Write("proc/net/toa_stats", Counters);

        Run run = await Run.ToaAsync(machine, "stats");

        run.ExitCode.Should().Be(0);
        run.Lines.Select(line => line.Split(' ', System.StringSplitOptions.RemoveEmptyEntries)).Should().BeEquivalentTo(
            (string[][])[["counter", "total"], ["syn_recv_sock_toa", "7"], ["syn_recv_sock_no_toa", "12"]]);
    }

    [Fact]
    public async Task Each_processor_has_a_column_if_asked_for()
    {
        using FakeMachine machine = new FakeMachine().Write("proc/net/toa_stats", Counters);

        Run run = await Run.ToaAsync(machine, "stats", "--per-cpu");

        run.Lines[0].Should().MatchRegex("^counter +total +CPU0 +CPU1$");
        run.Lines[1].Should().MatchRegex("^syn_recv_sock_toa +7 +3 +4$");
    }

    [Fact]
    public async Task JSON_has_all_of_it()
    {
        using FakeMachine machine = new FakeMachine().Write("proc/net/toa_stats", Counters);

        JsonElement json = (await Run.ToaAsync(machine, "stats", "--json")).Json;

        json.GetProperty("processors").EnumerateArray().Select(name => name.GetString()).Should().Equal("CPU0", "CPU1");
        JsonElement counter = json.GetProperty("counters")[1];
        counter.GetProperty("name").GetString().Should().Be("syn_recv_sock_no_toa");
        counter.GetProperty("total").GetUInt64().Should().Be(12);
        counter.GetProperty("delta").ValueKind.Should().Be(JsonValueKind.Null);
        counter.GetProperty("perProcessor").EnumerateArray().Select(value => value.GetUInt64()).Should().Equal(0, 12);
        json.GetProperty("time").GetDateTimeOffset().Year.Should().BeGreaterThan(2000);
    }

    [Fact]
    public async Task A_copy_is_read_from_a_file_or_from_the_standard_input()
    {
        using FakeMachine machine = new();
        machine.Write("copy", Counters);

        Run fromFile = await Run.ToaAsync(machine, "stats", "--file", Path.Combine(machine.Root, "copy"));
        Run fromInput = await Run.ToaAsync(machine, Counters, CancellationToken.None, "stats", "--file", "-");

        fromFile.Output.Should().Contain("syn_recv_sock_toa").And.Be(fromInput.Output);
    }

    [Fact]
    public async Task Watching_prints_a_line_for_each_look_with_what_has_moved()
    {
        using FakeMachine machine = new FakeMachine().Write("proc/net/toa_stats", Counters);
        Run run = await WatchAsync(machine, "stats", "--watch");

        run.ExitCode.Should().Be(0);
        run.Error.Should().BeEmpty();
        run.Lines.Select(line => line[(line.IndexOf(' ') + 1)..]).Should().Equal(
            "syn_recv_sock_toa=7 syn_recv_sock_no_toa=12", "syn_recv_sock_toa=8(+1)", "no changes");
    }

    [Fact]
    public async Task Watching_in_JSON_prints_an_object_a_line_with_deltas()
    {
        using FakeMachine machine = new FakeMachine().Write("proc/net/toa_stats", Counters);
        Run run = await WatchAsync(machine, "stats", "--watch", "1", "--json");

        run.Lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("counters")[0].GetProperty("delta"))
            .Select(delta => delta.ValueKind == JsonValueKind.Null ? null : (long?)delta.GetInt64()).Should().Equal(null, 1, 0);
    }

    [Fact]
    public async Task A_provider_that_was_loaded_anew_has_negative_deltas()
    {
        using FakeMachine machine = new FakeMachine().Write("proc/net/toa_stats", "syn_recv_sock_toa: 7\n");
        using CancellationTokenSource stop = new();
        machine.Clock = new InstantClock
        {
            Waiting = wait =>
            {
                if (wait == 2)
                    stop.Cancel();
                machine.Write("proc/net/toa_stats", "syn_recv_sock_toa: 2\n");
            },
        };

        Run run = await Run.ToaAsync(machine, "", stop.Token, "stats", "--watch");

        run.Lines[1].Should().EndWith("syn_recv_sock_toa=2(-5)");
    }

    [Fact]
    public async Task Watching_ends_with_the_provider()
    {
        using FakeMachine machine = new FakeMachine().Write("proc/net/toa_stats", Counters);
        machine.Clock = new InstantClock { Waiting = _ => File.Delete(Path.Combine(machine.Root, "proc/net/toa_stats")) };

        Run run = await Run.ToaAsync(machine, "stats", "--watch");

        run.ExitCode.Should().Be(1);
        run.Lines.Should().ContainSingle();
        run.Error.Should().Contain("no TOA provider is loaded");
    }

    [Theory]
    [InlineData("", "The text contains no counters.")]
    [InlineData("nonsense\n", "'nonsense'")]
    [InlineData("syn_recv_sock_toa: 1 x\n", "'syn_recv_sock_toa: 1 x'")]
    public async Task Nonsense_is_said_to_be_so(string text, string complaint)
    {
        using FakeMachine machine = new FakeMachine().Write("proc/net/toa_stats", text);

        Run run = await Run.ToaAsync(machine, "stats");

        run.ExitCode.Should().Be(1);
        run.Output.Should().BeEmpty();
        run.Error.Should().StartWith("toa: ").And.Contain(complaint);
    }

    [Fact]
    public async Task What_cannot_be_read_is_named()
    {
        using FakeMachine machine = new FakeMachine().WriteUnreadable("proc/net/toa_stats");

        Run run = await Run.ToaAsync(machine, "stats");

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain("This user is not allowed to read ").And.Contain("toa_stats: run as root");
        (await Run.ToaAsync(machine, "stats", "--file", "/no/such/file")).Error.Should().StartWith("toa: cannot read /no/such/file: ");
    }

    // Shows the counters three times. They increase before the second time.
    private static async Task<Run> WatchAsync(FakeMachine machine, params string[] arguments)
    {
        using CancellationTokenSource stop = new();
        machine.Clock = new InstantClock
        {
            Waiting = wait =>
            {
                machine.Write("proc/net/toa_stats", Counters.Replace("3 ", "4 "));
                if (wait == 3)
                    stop.Cancel();
            },
        };
        return await Run.ToaAsync(machine, "", stop.Token, arguments);
    }
}
