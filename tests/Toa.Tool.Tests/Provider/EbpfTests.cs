using System;
using System.Text.Json;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Provider;

/// <summary><c>toa provider --kind ebpf</c>, and its counters and table.</summary>
public sealed class EbpfTests : IDisposable
{
    private readonly FakeMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task It_is_loaded_by_its_loader_with_the_same_settings()
    {
        _machine.Program("toa-bpf");

        Run run = await Run.ToaAsync(
            _machine, "provider", "load", "--kind", "ebpf", "--trusted", "10.0.0.0/8", "--syn", "--formats", "tencent,dpvs");

        run.ExitCode.Should().Be(0);
        run.Lines.Should().Equal("The eBPF provider is loaded.");
        _machine.Calls.Should().Contain("toa-bpf load trusted=10.0.0.0/8 formats=tencent,dpvs syn=Y");
    }

    [Fact]
    public async Task What_its_loader_warns_of_is_told()
    {
        _machine.Program("toa-bpf load", error: "toa-bpf: trusted=any: TOA options from any source are accepted\n");

        (await Run.ToaAsync(_machine, "provider", "load", "--kind", "ebpf")).Lines.Should().Equal(
            "toa-bpf: trusted=any: TOA options from any source are accepted", "The eBPF provider is loaded.");
    }

    [Fact]
    public async Task It_has_settings_that_the_module_has_not()
    {
        _machine.Program("toa-bpf");

        await Run.ToaAsync(
            _machine, "provider", "load", "--kind", "ebpf", "--cgroup", "/sys/fs/cgroup/games.slice", "--first-data", "--syn");

        _machine.Calls.Should().Contain("toa-bpf load cgroup=/sys/fs/cgroup/games.slice first_data=Y syn=Y");
    }

    [Theory]
    [InlineData("--first-data")]
    [InlineData("--cgroup", "/sys/fs/cgroup")]
    public async Task The_module_refuses_those(params string[] setting)
    {
        Run run = await Run.ToaAsync(_machine, ["provider", "load", .. setting]);

        run.ExitCode.Should().Be(2);
        run.Error.Should().StartWith($"toa: {setting[0]} is an option of the eBPF provider: add --kind ebpf, or remove {setting[0]}.");
        _machine.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task It_is_unloaded()
    {
        _machine.Program("toa-bpf unload");

        (await Run.ToaAsync(_machine, "provider", "unload", "--kind", "ebpf")).ExitCode.Should().Be(0);

        _machine.Calls.Should().Contain("toa-bpf unload");
    }

    [Fact]
    public async Task Without_its_loader_it_is_said_how_to_get_one()
    {
        Run run = await Run.ToaAsync(_machine, "provider", "load", "--kind", "ebpf");

        run.ExitCode.Should().Be(1);
        run.Error.Should().StartWith("toa: toa-bpf is missing. Run toa provider install --kind ebpf");
    }

    [Fact]
    public async Task A_loader_that_is_named_is_the_one_that_loads()
    {
        _machine.Write("opt/toa-bpf", "").Program($"{_machine.Root}/opt/toa-bpf load");

        (await Run.ToaAsync(_machine, "provider", "load", "--kind", "ebpf", "--module", "/opt/toa-bpf")).ExitCode.Should().Be(0);

        _machine.Calls.Should().Equal($"{_machine.Root}/opt/toa-bpf load");
    }

    [Fact]
    public async Task A_loader_that_is_named_and_is_not_there_or_does_not_run_is_named()
    {
        _machine.Write("opt/notes.txt", "");

        (await Run.ToaAsync(_machine, "provider", "load", "--kind", "ebpf", "--module", "/no/such/file")).Should()
            .Be(new Run(1, "", "toa: /no/such/file does not exist. Build toa-bpf with make bpf.\n"));
        (await Run.ToaAsync(_machine, "provider", "load", "--kind", "ebpf", "--module", "/opt/notes.txt")).Should()
            .Be(new Run(1, "", "toa: /opt/notes.txt cannot be run: check that it is toa-bpf and that it is executable.\n"));
    }

    [Fact]
    public async Task Nothing_is_built_for_it()
    {
        Run run = await Run.ToaAsync(_machine, "provider", "build", "--kind", "ebpf");

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain("toa-bpf is one program for every kernel from 5.10 on");
    }

    [Fact]
    public async Task Who_asks_for_the_module_is_told_of_it()
    {
        _machine.WithEbpf();

        (await Run.ToaAsync(_machine, "provider", "unload")).Lines.Should()
            .Equal("The module is not loaded. The eBPF provider is loaded: add --kind ebpf.");
        (await Run.ToaAsync(_machine, "provider", "status")).Output.Should()
            .Contain("loaded:               no; ToaEbpf answers programs");
    }

    [Fact]
    public async Task Its_status_shows_its_settings()
    {
        _machine.Program("toa-bpf status", "loaded=Y\ntrusted=10.0.0.0/8\nsyn=N\nprogram connections: id 7, at cgroup 1\n");

        Run run = await Run.ToaAsync(_machine, "provider", "status", "--kind", "ebpf");

        run.ExitCode.Should().Be(0);
        run.Output.Should().Contain("trusted:").And.Contain("10.0.0.0/8").And.NotContain("connections");
    }

    [Theory]
    [InlineData("loaded=Y\nsyn=N\n", "toa-bpf: /sys/fs/bpf/toa/getpeername4 is missing: run toa-bpf load\n", true)]
    [InlineData("", "toa-bpf: this user is not allowed to read /sys/fs/bpf/toa: run toa-bpf as root\n", false)]
    public async Task What_its_loader_complains_of_is_a_problem(string output, string complaint, bool isLoaded)
    {
        _machine.Program("toa-bpf status", output, 1, complaint);

        Run run = await Run.ToaAsync(_machine, "provider", "status", "--kind", "ebpf");
        Run json = await Run.ToaAsync(_machine, "provider", "status", "--kind", "ebpf", "--json");

        string problem = complaint["toa-bpf: ".Length..].TrimEnd();
        run.ExitCode.Should().Be(1);
        run.Lines.Should().Contain($"problem:              {problem}");
        json.ExitCode.Should().Be(1);
        json.Json.GetProperty("loaded").GetBoolean().Should().Be(isLoaded);
        json.Json.GetProperty("problem").GetString().Should().Be(problem);
    }

    [Fact]
    public async Task A_loader_that_ends_without_a_word_is_a_problem()
    {
        _machine.Program("toa-bpf status", "loaded=Y\n", 139);

        (await Run.ToaAsync(_machine, "provider", "status", "--kind", "ebpf")).Lines.Should()
            .Contain("problem:              exit status 139");
    }

    [Fact]
    public async Task Nothing_loaded_is_no_problem_unless_something_was_left()
    {
        _machine.Program("toa-bpf status", "loaded=N\n", 1);

        Run run = await Run.ToaAsync(_machine, "provider", "status", "--kind", "ebpf");
        _machine.Write("sys/fs/bpf/toa/toa_settings", "");
        Run left = await Run.ToaAsync(_machine, "provider", "status", "--kind", "ebpf");

        run.ExitCode.Should().Be(1);
        run.Output.Should().Be("loaded:               no; the running kernel is 6.12.9-test\n");
        left.Output.Should().Contain($"problem:              {_machine.Root}/sys/fs/bpf/toa exists, but none of its programs is loaded\n");
    }

    [Fact]
    public async Task A_missing_loader_is_no_problem_of_the_provider() =>
        (await Run.ToaAsync(_machine, "provider", "status", "--kind", "ebpf", "--json")).Json.GetProperty("problem").ValueKind
            .Should().Be(JsonValueKind.Null);

    [Fact]
    public async Task Its_counters_and_its_table_are_read_where_it_shows_them()
    {
        _machine.Write("sys/fs/bpf/toa/stats", "          CPU0\nsyn_recv_sock_toa: 7\n");
        _machine.Write("sys/fs/bpf/toa/table", "client transport_peer local kind\n192.0.2.1:5 10.0.0.1:6 10.0.0.2:80 200\n");

        (await Run.ToaAsync(_machine, "stats")).Output.Should().Contain("syn_recv_sock_toa");
        (await Run.ToaAsync(_machine, "table")).Output.Should().Contain("192.0.2.1:5");
    }

    [Fact]
    public async Task Without_files_its_counters_are_read_from_its_map()
    {
        _machine.Write("sys/fs/bpf/toa/toa_counters", "").Write("sys/fs/bpf/toa/toa_counter_names", "")
            .Maps.Count("syn_recv_sock_toa", 3, 4);

        (await Run.ToaAsync(_machine, "stats")).Lines[1].Should().MatchRegex("^syn_recv_sock_toa +7$");

        _machine.Maps.LookupError = 1;
        Run refused = await Run.ToaAsync(_machine, "stats");
        refused.ExitCode.Should().Be(1);
        refused.Error.Should().Contain("This process is not allowed to read ").And.Contain("toa_counter_names: run as root, with CAP_BPF.");
    }

    [Fact]
    public async Task Without_files_its_loader_lists_the_connections()
    {
        _machine.Write("sys/fs/bpf/toa/toa_held", "");
        (await Run.ToaAsync(_machine, "table")).Error.Should().StartWith("toa: toa-bpf is missing. ");

        _machine.Program("toa-bpf table", "client transport_peer local kind\n192.0.2.1:5 10.0.0.1:6 10.0.0.2:80 200\n");
        (await Run.ToaAsync(_machine, "table")).Output.Should().Contain("192.0.2.1:5");
    }

    [Fact]
    public async Task In_a_container_of_its_host_s_users_are_sent_there_for_connections()
    {
        _machine.Answers = new(Lookup: true, Info: true);

        (await Run.ToaAsync(_machine, "table")).Error.Should()
            .Be("toa: a provider answers, but its connections are not visible here. Run toa table as root on the host.\n");
    }

    [Fact]
    public async Task A_loader_that_cannot_list_the_connections_is_quoted()
    {
        _machine.Write("sys/fs/bpf/toa/toa_held", "")
            .Program("toa-bpf table", "", 1, "toa-bpf: cannot list the connections: the kernel has no sock_diag for TCP\n");

        (await Run.ToaAsync(_machine, "table")).Should().Be(new Run(
            1, "", "toa: cannot show the connections of the eBPF provider: cannot list the connections: the kernel has no sock_diag for TCP\n"));
    }
}
