using System;
using System.IO;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Commands;

/// <summary><c>toa stats --format prometheus</c>. tests/packages/prometheus gives it to Prometheus's own parser.</summary>
public sealed class PrometheusTests : IDisposable
{
    private readonly FakeMachine _machine = new();

    [Fact]
    public async Task Counters_that_belong_together_are_one_metric_with_a_label()
    {
        _machine.WithModule(counters: """
            syn_recv_sock_toa: 3 4
            syn_recv_sock_no_toa: 1 0
            ip6_address_alloc: 9 1
            ip6_address_free: 4 0
            ip4_address_alloc: 1 0
            ip4_address_free: 2 0
            untrusted: 0 5
            hooks_silent: 1 1

            """);
        Run run = await Run.ToaAsync(_machine, "stats", "--format", "prometheus");

        run.ExitCode.Should().Be(0);
        run.Output.Should().StartWith("# HELP toa_provider_up ").And.EndWith("""
            # HELP toa_connections_total Connections that arrived, by whether the provider found a client in their TOA option.
            # TYPE toa_connections_total counter
            toa_connections_total{outcome="client"} 7
            toa_connections_total{outcome="no_client"} 1
            # HELP toa_options_ignored_total TOA options that the provider did not accept, by the reason.
            # TYPE toa_options_ignored_total counter
            toa_options_ignored_total{reason="untrusted"} 5
            # HELP toa_addresses_held Client addresses of open connections that the provider holds.
            # TYPE toa_addresses_held gauge
            toa_addresses_held{family="ipv6"} 6
            # HELP toa_hooks_silent_total The provider's counter hooks_silent.
            # TYPE toa_hooks_silent_total counter
            toa_hooks_silent_total 2
            # HELP toa_counters_read Whether the provider's counters could be read: 1 or 0.
            # TYPE toa_counters_read gauge
            toa_counters_read 1

            """);
    }

    [Fact]
    public async Task A_copy_of_another_machine_says_nothing_about_this_machine_s_provider()
    {
        string copy = Path.Combine(_machine.Root, "copy");
        await File.WriteAllTextAsync(copy, "syn_recv_sock_toa: 1\n");
        Run run = await Run.ToaAsync(_machine, "stats", "--format", "prometheus", "--file", copy);

        run.Output.Should().Contain("toa_connections_total{outcome=\"client\"} 1\n").And.NotContain("toa_provider");
    }

    [Fact]
    public async Task Without_a_provider_the_file_says_so_because_alerts_need_it()
    {
        string file = Path.Combine(_machine.Root, "toa.prom");
        await File.WriteAllTextAsync(file, "toa_provider_up 1\n");
        Run run = await Run.ToaAsync(_machine, "stats", "--format", "prometheus", "--output", file);

        run.ExitCode.Should().Be(0);
        (await File.ReadAllTextAsync(file)).Should().Contain("\ntoa_provider_up 0\n").And.Contain("\ntoa_counters_read 0\n")
            .And.NotContain("toa_connections_total");
    }

    [Fact]
    public async Task A_copy_that_cannot_be_read_is_an_error_and_the_file_stays_as_it_was()
    {
        string file = Path.Combine(_machine.Root, "toa.prom");
        await File.WriteAllTextAsync(file, "old");
        Run run = await Run.ToaAsync(_machine, "stats", "--format", "prometheus", "--file", "/proc/none", "--output", file);

        run.ExitCode.Should().Be(1);
        (await File.ReadAllTextAsync(file)).Should().Be("old");
    }

    [Fact]
    public async Task The_file_is_replaced_and_nothing_is_left_beside_it()
    {
        _machine.WithModule();
        string folder = Directory.CreateDirectory(Path.Combine(_machine.Root, "textfile")).FullName;
        string file = Path.Combine(folder, "toa.prom");
        await File.WriteAllTextAsync(file, "old");
        Run run = await Run.ToaAsync(_machine, "stats", "--format", "prometheus", "--output", file);

        run.ExitCode.Should().Be(0);
        run.Output.Should().BeEmpty();
        (await File.ReadAllTextAsync(file)).Should().StartWith("# HELP toa_provider_up");
        Directory.GetFiles(folder).Should().Equal(file);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_an_error_of_one_line()
    {
        _machine.WithModule();
        Run run = await Run.ToaAsync(_machine, "stats", "--format", "prometheus", "--output", "/proc/none/toa.prom");

        run.ExitCode.Should().Be(1);
        run.Error.Should().StartWith("toa: /proc/none/toa.prom cannot be written: ");
    }

    [Theory]
    [InlineData("--format prometheus --watch", "leave out --watch and --per-cpu")]
    [InlineData("--format prometheus --per-cpu", "leave out --watch and --per-cpu")]
    [InlineData("--output toa.prom", "--output requires --format prometheus")]
    [InlineData("--format xml", "'xml' not recognized")]
    public async Task Options_that_do_not_fit_are_refused(string arguments, string reason)
    {
        Run run = await Run.ToaAsync(_machine, ["stats", .. arguments.Split(' ')]);

        run.ExitCode.Should().Be(2);
        run.Error.Should().Contain(reason);
    }

    public void Dispose() => _machine.Dispose();
}
