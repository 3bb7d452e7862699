using System;
using System.IO;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tests.Support;
using Toa.Tool.Output;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Commands;

/// <summary><c>toa exporter</c></summary>
public sealed class ExporterTests : IDisposable
{
    private readonly FakeMachine _machine = new();
    private readonly CancellationTokenSource _stop = new(TimeSpan.FromMinutes(2));

    [Fact]
    public async Task The_counters_are_read_for_each_request()
    {
        _machine.WithModule(counters: "syn_recv_sock_toa: 3 4\n");
        using HttpClient http = new();
        await using Exporter exporter = await Exporter.StartAsync(_machine, _stop);

        (await http.GetStringAsync(exporter.Address("metrics"))).Should().Contain("\ntoa_provider_up 1\n")
            .And.Contain("toa_connections_total{outcome=\"client\"} 7\n").And.Contain("\ntoa_counters_read 1\n");
        _machine.Write("proc/net/toa_stats", "syn_recv_sock_toa: 9 0\n");
        (await http.GetStringAsync(exporter.Address("metrics"))).Should().Contain("toa_connections_total{outcome=\"client\"} 9\n");
        using HttpResponseMessage health = await http.GetAsync(exporter.Address("healthz"));
        health.StatusCode.Should().Be(HttpStatusCode.OK);
        (await http.GetAsync(exporter.Address(""))).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Without_a_provider_it_serves_that_there_is_none()
    {
        using HttpClient http = new();
        await using Exporter exporter = await Exporter.StartAsync(_machine, _stop);

        string metrics = await http.GetStringAsync(exporter.Address("metrics"));
        metrics.Should().Contain("\ntoa_provider_up 0\n").And.Contain("\ntoa_counters_read 0\n").And.NotContain("toa_connections_total");
        using HttpResponseMessage health = await http.GetAsync(exporter.Address("healthz"));
        health.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        (await health.Content.ReadAsStringAsync()).Should().Be("no provider is loaded\n");
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

    public void Dispose()
    {
        _stop.Dispose();
        _machine.Dispose();
    }

    /// <summary>The command, while it runs.</summary>
    private sealed class Exporter : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop;
        private readonly Pipe _pipe = new();
        private readonly StreamReader _lines;
        private readonly Task<int> _command;
        private string? _end;

        private Exporter(FakeMachine machine, CancellationTokenSource stop)
        {
            _stop = stop;
            machine.Clock = TimeProvider.System;
            _lines = new StreamReader(_pipe.Reader.AsStream());
            StreamWriter output = new(_pipe.Writer.AsStream()) { AutoFlush = true };
            Terminal terminal = new(TextReader.Null, output, TextWriter.Null, isInteractive: false, allowsColors: false);
            _command = ToaCommand.RunAsync(["exporter", "--listen", "127.0.0.1:0"], machine, terminal, stop.Token);
        }

        public static async Task<Exporter> StartAsync(FakeMachine machine, CancellationTokenSource stop)
        {
            Exporter exporter = new(machine, stop);
            exporter._end = (await Deadline.Within(exporter._lines.ReadLineAsync()))!["Listening on ".Length..].TrimEnd('.');
            return exporter;
        }

        public string Address(string path) => $"http://{_end}/{path}";

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            (await Deadline.Within(_command)).Should().Be(0);
            _lines.Dispose();
        }
    }
}
