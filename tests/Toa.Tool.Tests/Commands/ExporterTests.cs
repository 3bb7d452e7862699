using System;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Commands;

/// <summary><c>toa exporter</c></summary>
public sealed class ExporterTests : IDisposable
{
    private readonly FakeMachine _machine = new();

    [Fact]
    public async Task The_counters_are_read_for_each_request()
    {
        _machine.WithModule(counters: "syn_recv_sock_toa: 3 4\n");
        await using ServingTool exporter = await ServingTool.StartAsync(_machine, ["exporter"]);

        (HttpStatusCode status, string metrics) = await exporter.AskAsync("/metrics");
        status.Should().Be(HttpStatusCode.OK);
        metrics.Should().Contain("\ntoa_provider_up 1\n").And.Contain("toa_connections_total{outcome=\"client\"} 7\n")
            .And.Contain("\ntoa_counters_read 1\n");
        _machine.Write("proc/net/toa_stats", "syn_recv_sock_toa: 9 0\n");
        (await exporter.AskAsync("/metrics")).Text.Should().Contain("toa_connections_total{outcome=\"client\"} 9\n");
        (await exporter.AskAsync("/healthz")).Status.Should().Be(HttpStatusCode.OK);
        (await exporter.AskAsync("/")).Status.Should().Be(HttpStatusCode.NotFound);
        (await exporter.EndAsync()).Should().Be(0);
    }

    [Fact]
    public async Task Without_a_provider_it_serves_that_there_is_none()
    {
        await using ServingTool exporter = await ServingTool.StartAsync(_machine, ["exporter"]);

        (HttpStatusCode status, string metrics) = await exporter.AskAsync("/metrics");
        status.Should().Be(HttpStatusCode.OK);
        metrics.Should().Contain("\ntoa_provider_up 0\n").And.Contain("\ntoa_counters_read 0\n").And.NotContain("toa_connections_total");
        (await exporter.AskAsync("/healthz")).Should().Be((HttpStatusCode.ServiceUnavailable, "no provider is loaded\n"));
        (await exporter.EndAsync()).Should().Be(0);
    }

    [Fact]
    public async Task A_port_in_use_is_an_error_of_one_line()
    {
        using Socket other = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        Run run = await Run.ToaAsync(_machine, "exporter", "--listen", other.LocalEndPoint!.ToString()!);

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain(other.LocalEndPoint.ToString()!).And.Contain("in use");
    }

    [Fact]
    public async Task Standard_input_is_refused()
    {
        Run run = await Run.ToaAsync(_machine, "exporter", "--file", "-");

        run.ExitCode.Should().Be(2);
        run.Error.Should().Contain("Name a file");
    }

    public void Dispose() => _machine.Dispose();
}
