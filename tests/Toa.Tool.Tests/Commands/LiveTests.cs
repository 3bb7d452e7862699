using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tests.Support;
using Toa.Tool.Live;
using Toa.Tool.Machines;
using Toa.Tool.Output;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Commands;

/// <summary><c>toa watch</c></summary>
public sealed class LiveTests : IDisposable
{
    private const string Counters = "syn_recv_sock_toa: 3 4\nsyn_recv_sock_no_toa: 0 12\nip4_address_alloc: 7 0\nip4_address_free: 2 0\n";

    private static readonly byte[] s_toa = TcpPackets.Option(200, "192.0.2.10:5555");

    private readonly FakeMachine _machine = new();
    private readonly FakeSample _packets = new();
    private readonly CancellationTokenSource _stop = new();

    public LiveTests() => _machine.Sample = (_, filter) => _packets.Open(filter);

    public void Dispose()
    {
        _machine.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task Connections_rates_and_the_provider_are_shown_as_lines()
    {
        _machine.WithModule(trusted: "198.51.100.0/24", counters: Counters);

        Run run = await WatchAsync(4.5, second =>
        {
            if (second == 1)
                Connect();
            if (second == 3)
                _machine.Write("proc/net/toa_stats", Counters.Replace("3 4", "13 14"));
        });

        run.ExitCode.Should().Be(0, run.Error);
        run.Error.Should().BeEmpty();
        run.Lines[0].Should().Be("2026-03-02T09:00:00+00:00 provider: ToaModule, formats=tencent trusted=198.51.100.0/24 nat64_getpeername=N");
        run.Lines[1].Should().Be("2026-03-02T09:00:00+00:00 held_ipv4=5 connections=0/s shown=0/s");
        run.Lines[2].Should().MatchRegex(
            "^2026-03-02T09:00:01\\+00:00 192.0.2.10:5555 +198.51.100.7:1024 +192.0.2.1:7000 +200/8 +ipv4 +yes$");
        run.Lines[3].Should().Be("2026-03-02T09:00:02+00:00 held_ipv4=5 connections=0.5/s shown=0.5/s");
        run.Lines[4].Should().Be("2026-03-02T09:00:04+00:00 syn_recv_sock_toa=10/s held_ipv4=5 connections=0/s shown=0/s");
        run.Lines.Should().HaveCount(5);
        _packets.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task JSON_has_all_of_it()
    {
        _machine.WithModule(counters: Counters);
        string? interfaceName = null;
        _machine.Sample = (name, filter) =>
        {
            interfaceName = name;
            return _packets.Open(filter);
        };

        Run run = await WatchAsync(2.25, second =>
        {
            if (second == 1)
                Connect();
        }, "--json", "-i", "eth0", "--port", "7000", "--port", "7001");

        interfaceName.Should().Be("eth0");
        _packets.Filters.Single().Ports.Should().Equal(7000, 7001);
        JsonElement[] events = [.. run.Lines.Select(line => JsonDocument.Parse(line).RootElement)];
        events.Select(happened => happened.GetProperty("event").GetString()).Should().Equal("state", "connection", "state");
        JsonElement connection = events[1].GetProperty("connection");
        (connection.GetProperty("client").GetString(), connection.GetProperty("balancer").GetString(), connection.GetProperty("server").GetString(),
            connection.GetProperty("verdict").GetString()).Should().Be(("192.0.2.10:5555", "198.51.100.7:1024", "192.0.2.1:7000", "untrusted"));
        JsonElement option = connection.GetProperty("options")[0];
        (option.GetProperty("kind").GetInt32(), option.GetProperty("length").GetInt32(), option.GetProperty("format").GetString(),
            option.GetProperty("segments")[0].GetString()).Should().Be((200, 8, "ipv4", "handshake"));
        JsonElement state = events[2].GetProperty("state");
        state.GetProperty("provider").GetString().Should().Be("ToaModule");
        state.GetProperty("settings").GetProperty("trusted").GetString().Should().Be("10.0.0.0/8");
        state.GetProperty("counters")[0].GetProperty("perSecond").GetDouble().Should().Be(0);
        events[0].GetProperty("state").GetProperty("counters")[0].GetProperty("perSecond").ValueKind.Should().Be(JsonValueKind.Null);
        state.GetProperty("held").GetProperty("ipv4").GetUInt64().Should().Be(5);
        state.GetProperty("connections").GetProperty("perSecond").GetDouble().Should().Be(0.5);
        state.GetProperty("connections").GetProperty("share").GetDouble().Should().Be(1);
        state.GetProperty("notPrinted").GetInt64().Should().Be(0);
    }

    [Fact]
    public async Task A_provider_that_comes_changes_and_goes_is_shown()
    {
        Run run = await WatchAsync(9, second =>
        {
            if (second == 1)
                _machine.WithModule(trusted: "198.51.100.0/24", counters: Counters);
            if (second == 3)
                _machine.Write("sys/module/toa/parameters/trusted", "10.0.0.0/8\n").Write("proc/net/toa_stats", Counters.Replace("3 4", "1 1"));
            if (second is 2.5 or 4.5 or 6.5)
                Connect((int)(second * 10));
            if (second == 5)
            {
                _machine.Answers = default;
                _machine.Write("proc/modules", "").Remove("sys/module/toa");
                File.Delete(Path.Combine(_machine.Root, "proc/net/toa_stats"));
            }
        });

        run.ExitCode.Should().Be(0, run.Error);
        string[] lines = [.. run.Lines.Select(line => line[26..])];
        lines.Should().ContainInOrder(
            "no provider is loaded: servers see the balancer. Run toa doctor.",
            "A provider is loaded: ToaModule.",
            "The settings of the provider have changed: formats=tencent trusted=10.0.0.0/8 nat64_getpeername=N",
            "The provider was loaded again: its counters begin at 0.",
            "The provider was unloaded.",
            "no provider is loaded: servers see the balancer. Run toa doctor.");
        lines.Where(line => line.Contains("200/8")).Select(line => line[(line.LastIndexOf("  ", StringComparison.Ordinal) + 2)..]).Should()
            .Equal("yes", "no: 198.51.100.7 is not in trusted", "no: no provider is loaded");
        lines.Where(line => line.StartsWith("no counters", StringComparison.Ordinal)).Should().BeEmpty("that there is no provider says it");
    }

    [Fact]
    public async Task The_settings_of_the_eBPF_provider_are_not_asked_for_at_each_look()
    {
        _machine.WithEbpf(trusted: "198.51.100.0/24");

        Run run = await WatchAsync(21, second =>
        {
            if (second == 1)
                Connect();
        });

        run.Lines[0].Should().EndWith(
            "provider: ToaEbpf, formats=tencent trusted=198.51.100.0/24 syn=N cgroup=/sys/fs/cgroup/games.slice");
        run.Output.Should().MatchRegex("200/8 +ipv4 +yes\n");
        _machine.Calls.Count(call => call == "toa-bpf status").Should().BeInRange(2, 3);
    }

    [Fact]
    public async Task The_settings_of_the_eBPF_provider_are_asked_for_after_the_time_of_day_is_set_back()
    {
        _machine.WithEbpf();

        await WatchAsync(21, second =>
        {
            if (second == 1)
                ((SteppingClock)_machine.Clock).Correction = TimeSpan.FromHours(-1);
        });

        _machine.Calls.Count(call => call == "toa-bpf status").Should().BeInRange(2, 3);
    }

    [Fact]
    public async Task With_a_provider_whose_settings_are_not_known_the_verdict_is_not_known()
    {
        _machine.Answers = new(Lookup: true, Info: true);

        Run run = await WatchAsync(2.25, second =>
        {
            if (second == 1)
                Connect();
        });

        run.Output.Should().Contain("provider: ToaEbpf, its settings are not known")
            .And.Contain("unknown: the settings of the provider are not known")
            .And.Contain("no counters: ");
    }

    [Fact]
    public async Task Without_packets_the_counters_and_the_table_are_shown_with_the_reason()
    {
        _machine.WithModule(counters: Counters);
        _machine.CaptureProblem = new CannotLookException($"Cannot open a packet socket: Permission denied.", $"This requires CAP_NET_RAW.");
        _machine.Write("proc/net/toa_table", "client transport_peer local kind\n"
            + string.Concat(Enumerable.Range(1, 500).Select(port => $"192.0.2.10:{port} 198.51.100.7:{port} 192.0.2.1:7000 200\n")));

        Run lines = await WatchAsync(2.5, _ => { });
        Run json = await WatchAsync(4.5, _ => { }, "--json");

        lines.ExitCode.Should().Be(0, lines.Error);
        lines.Lines[1][26..].Should().Be("no new connections: Cannot open a packet socket: Permission denied. This requires CAP_NET_RAW.");
        JsonElement state = JsonDocument.Parse(json.Lines[0]).RootElement.GetProperty("state");
        state.GetProperty("connections").ValueKind.Should().Be(JsonValueKind.Null);
        state.GetProperty("captureProblem").GetString().Should().Contain("CAP_NET_RAW");
        state.GetProperty("table").GetArrayLength().Should().Be(20);
        state.GetProperty("table")[0].GetProperty("client").GetString().Should().Be("192.0.2.10:1");
        state.GetProperty("counters").GetArrayLength().Should().Be(4);
    }

    [Fact]
    public async Task No_packets_are_captured_if_none_are_asked_for()
    {
        _machine.WithModule(counters: Counters);
        _machine.Sample = (_, _) => throw new InvalidOperationException("Packets are captured.");

        Run run = await WatchAsync(2.5, _ => { }, "--connections", "0");

        run.ExitCode.Should().Be(0, run.Error);
        run.Lines[1].Should().EndWith("no new connections: --connections is 0.");
    }

    [Fact]
    public async Task An_interface_that_goes_and_comes_back_does_not_end_it()
    {
        _machine.WithModule(trusted: "198.51.100.0/24", counters: Counters);

        Run run = await WatchAsync(9, second =>
        {
            if (second == 1)
            {
                _packets.IsDown = true;
                _machine.Sample = (_, _) => throw new ToolException($"interface 'eth0' does not exist. ip link shows the interfaces of this machine.");
            }

            // While it is down, each look takes an interval.
            if (second == 5)
            {
                _packets.IsDown = false;
                _machine.Sample = (_, filter) => _packets.Open(filter);
            }

            if (second == 6)
                Connect();
        });

        run.ExitCode.Should().Be(0, run.Error);
        run.Lines.Select(line => line[26..]).Should().ContainInOrder(
            "The capture ended: Network is down. It begins again when the interface is there.",
            "no new connections: interface 'eth0' does not exist. ip link shows the interfaces of this machine.",
            "New connections are shown again.");
        run.Output.Should().MatchRegex("200/8 +ipv4 +yes\n");
    }

    [Fact]
    public async Task An_interface_that_does_not_exist_is_an_error()
    {
        _machine.Sample = (name, _) => throw new ToolException($"interface '{name}' does not exist. ip link shows the interfaces of this machine.");

        Run run = await WatchAsync(9, _ => { }, "-i", "eth9");

        (run.ExitCode, run.Output).Should().Be((1, ""));
        run.Error.Should().Be("toa: interface 'eth9' does not exist. ip link shows the interfaces of this machine.\n");
    }

    [Fact]
    public async Task Of_many_connections_a_sample_is_shown()
    {
        _machine.WithModule(trusted: "198.51.100.0/24", counters: Counters);
        int port = 0;

        Run run = await WatchAsync(10, _ =>
        {
            for (int i = 0; i < 50; i++)
                Connect(++port);
        }, "--connections", "5");

        int shown = run.Lines.Count(line => line.Contains("200/8"));
        shown.Should().BeInRange(20, 55);
        run.Lines.Last(line => line.Contains("connections=")).Should().Contain("connections=~").And.MatchRegex("shown=[1-9].* sample=[1-9][0-9.]*%$");
    }

    [Theory]
    [InlineData("--connections", "101")]
    [InlineData("--interval", "0")]
    [InlineData("--port", "0")]
    public async Task A_wrong_number_is_refused(string option, string value)
    {
        Run run = await WatchAsync(1, _ => { }, option, value);

        run.ExitCode.Should().Be(2);
        run.Error.Should().Contain($"'{value}' is not a number from ");
    }

    [Fact]
    public async Task A_terminal_gets_a_view_with_the_last_connections()
    {
        _machine.WithModule(trusted: "198.51.100.0/24", counters: Counters);
        string view = await WatchOnTerminalAsync(160);

        view.Should().Contain("provider: ToaModule, formats=tencent trusted=198.51.100.0/24")
            .And.Contain("client addresses of open connections: 5 ipv4")
            .And.Contain("new connections with TOA options: showing 0.5 of 0.5 a second")
            .And.MatchRegex("syn_recv_sock_no_toa .* 12 ");
    }

    [Theory]
    [InlineData(80)]
    [InlineData(30)]
    public async Task A_narrow_terminal_gets_whole_values(int width)
    {
        _machine.WithModule(trusted: "198.51.100.0/24", counters: Counters);

        string view = await WatchOnTerminalAsync(width);

        view.Should().Contain("192.0.2.10:5555").And.Contain("198.51.100.7:1024").And.Contain("syn_recv_sock_no_toa");
    }

    [Fact]
    public async Task A_terminal_without_cursor_movement_gets_lines()
    {
        _machine.WithModule(trusted: "198.51.100.0/24", counters: Counters);

        string[] lines = (await WatchOnTerminalAsync(80, hasAnsi: false)).TrimEnd().Split('\n');

        lines.Should().OnlyContain(line => line.StartsWith("2026-03-02T09:00:0"));
        lines.Should().ContainSingle(line => line.Contains("192.0.2.10:5555"));
    }

    [Fact]
    public async Task A_terminal_that_does_not_read_holds_up_nothing()
    {
        using ManualResetEventSlim isRead = new();
        LiveOutput output = new() { Patience = TimeSpan.FromMilliseconds(100) };
        int told = 0;

        await Deadline.Within(output.RunAsync(
            _ =>
            {
                isRead.Wait();
                return Task.CompletedTask;
            },
            async stop =>
            {
                for (; told < 5000; told++)
                    output.Tell(new LiveEvent("message", DateTimeOffset.UnixEpoch));
                await _stop.CancelAsync();
                await Task.Delay(Timeout.Infinite, stop);
            },
            _stop.Token));

        told.Should().Be(5000);
        output.Lost.Should().Be(4000);
        isRead.Set();
    }

    [Fact]
    public async Task An_output_that_cannot_be_written_ends_it()
    {
        LiveOutput output = new();

        Func<Task> run = () => Deadline.Within(output.RunAsync(
            async events =>
            {
                await events.ReadAsync();
                throw new IOException("No space left on device");
            },
            async stop =>
            {
                output.Tell(new LiveEvent("message", DateTimeOffset.UnixEpoch));
                await Task.Delay(Timeout.Infinite, stop);
            },
            CancellationToken.None));

        await run.Should().ThrowAsync<IOException>().WithMessage("No space left on device");
    }

    // Until a number of seconds has passed.
    private async Task<Run> WatchAsync(double seconds, Action<double> during, params string[] arguments)
    {
        using CancellationTokenSource stop = new();
        _machine.Clock = new SteppingClock
        {
            Waited = second =>
            {
                during(second);
                if (second >= seconds)
                    stop.Cancel();
            },
        };
        return await Run.ToaAsync(_machine, "", stop.Token, ["watch", .. arguments]);
    }

    private async Task<string> WatchOnTerminalAsync(int width, bool hasAnsi = true)
    {
        StringWriter output = new();
        Terminal terminal = new(TextReader.Null, output, TextWriter.Null, isInteractive: true, allowsColors: false);
        terminal.Rich.Profile.Width = width;
        terminal.Rich.Profile.Capabilities.Ansi = hasAnsi;
        _machine.Clock = new SteppingClock
        {
            Waited = second =>
            {
                if (second == 1)
                    Connect();
                if (second == 3)
                    _stop.Cancel();
            },
        };
        (await Deadline.Within(ToaCommand.RunAsync(["watch"], _machine, terminal, _stop.Token))).Should().Be(0);
        return output.ToString();
    }

    private void Connect(int port = 1024)
    {
        IPEndPoint from = new(TcpPackets.Balancer.Address, port);
        _packets.Add(TcpPackets.Build([], from, syn: true, ack: false), TcpPackets.Build(s_toa, from, sequence: 1));
    }
}
