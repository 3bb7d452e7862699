using System;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Capture;
using Toa.Tool.Capture.Connections;
using Toa.Tool.Formats;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Commands;

public sealed class CaptureTests : IDisposable
{
    private static readonly byte[] s_toa = TcpPackets.Option(200, "192.0.2.10:5555");

    private readonly FakeMachine _machine = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("toa-capture-");
    private readonly CancellationTokenSource _stop = new();

    private string CaptureName => Path.Combine(_folder.FullName, "x.pcapng");

    public void Dispose()
    {
        _machine.Dispose();
        _folder.Delete(recursive: true);
        _stop.Dispose();
    }

    [Fact]
    public async Task New_connections_are_shown_until_it_is_stopped()
    {
        _machine.Packets.AddRange(
            [TcpPackets.Syn(), TcpPackets.Build(s_toa, sequence: 1), TcpPackets.Build(s_toa, data: "x", sequence: 1)]);

        Run run = await CaptureAsync();

        run.ExitCode.Should().Be(0, run.Error);
        run.Lines.Should().HaveCount(2);
        run.Lines[1].Should().MatchRegex("^2 +192.0.2.10:5555 +198.51.100.7:1024 +192.0.2.1:7000 +200/8 +ipv4 +handshake +yes$");
        run.Error.Should().EndWith(
            "packets: 3, TCP segments: 3, SYNs: 1, segments with malformed options: 0, connections with TOA options: 1\n");
    }

    [Fact]
    public void A_connection_is_shown_as_soon_as_the_verdict_is_known()
    {
        int shown = 0;
        ConnectionTracker tracker = new([], FormatSetting.Default, _ => shown++, isLive: true);

        tracker.Record(1, null, TcpPackets.Build(s_toa, from: new(TcpPackets.Balancer.Address, 1), data: "x"));
        tracker.Record(2, null, TcpPackets.Syn(s_toa));
        shown.Should().Be(0, "one is not new, and the handshake of the other is not complete");
        tracker.Record(3, null, TcpPackets.Build([], sequence: 1));

        shown.Should().Be(1);
    }

    [Fact]
    public async Task The_file_has_the_same_connections()
    {
        _machine.Packets.AddRange(
        [
            TcpPackets.Syn(), TcpPackets.Build(s_toa, sequence: 1), TcpPackets.Build([], data: new string('x', 400), sequence: 1),
            TcpPackets.Build(s_toa, to: new(TcpPackets.Server.Address, 7001)),
        ]);

        Run live = await CaptureAsync("-w", CaptureName, "--port", "7000", "--json");
        Run file = await Run.ToaAsync(_machine, "decode", CaptureName, "--json");

        live.ExitCode.Should().Be(0, live.Error);
        file.ExitCode.Should().Be(0, file.Error);
        JsonElement[] events = [.. live.Lines.Concat(file.Lines).Select(line => JsonDocument.Parse(line).RootElement)];
        events.Select(found => found.GetProperty("event").GetString()).Should()
            .Equal("settings", "connection", "end", "settings", "connection", "end");
        events[4].GetProperty("options").GetRawText().Should().Be(events[1].GetProperty("options").GetRawText());
        events[5].GetProperty("summary").GetProperty("packets").GetInt64().Should().Be(3);
        new FileInfo(CaptureName).UnixFileMode.Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task A_number_of_seconds_ends_it()
    {
        _machine.Packets.AddRange([TcpPackets.Syn(), TcpPackets.Build(s_toa, sequence: 1)]);

        Run run = await Run.ToaAsync(_machine, "capture", "--seconds", "1");

        run.ExitCode.Should().Be(0, run.Error);
        run.Error.Should().EndWith("connections with TOA options: 1\n").And.Contain("packets: 2,");
    }

    [Fact]
    public async Task A_full_disk_ends_it_with_the_cause()
    {
        _machine.Packets.AddRange([TcpPackets.Syn(), TcpPackets.Build(s_toa, sequence: 1)]);

        Run run = await CaptureAsync("-w", "/dev/full");

        run.ExitCode.Should().Be(1);
        run.Error.Should().MatchRegex(
            "\ntoa: cannot write /dev/full: No space left on device.*\\. The packets before are in the file\\. Free space or name another "
            + "file with --write\\.\npackets: ");
    }

    [Fact]
    public async Task A_file_that_cannot_be_created_is_refused_before_the_capture()
    {
        Run run = await CaptureAsync("-w", "/nonexistent/x.pcapng");

        (run.ExitCode, run.Output).Should().Be((1, ""));
        run.Error.Should().StartWith("toa: Cannot create the capture file /nonexistent/x.pcapng: ");
    }

    [Fact]
    public async Task An_interface_that_vanishes_ends_it_with_the_cause()
    {
        using Vanishing source = new(TcpPackets.Syn(), TcpPackets.Build(s_toa, sequence: 1));
        LiveCapture capture = new(source, new ConnectionTracker([], FormatSetting.Default, _ => { }), [], TimeProvider.System);

        (await capture.RunAsync(null, null, CancellationToken.None))!.ToString().Should()
            .Be("the capture ended: Network is down. Check the interface with ip link, and start again.");
        capture.Packets.Should().Be(2, "the kernel reports the error before the packets that wait");
    }

    private Task<Run> CaptureAsync(params string[] arguments)
    {
        _machine.AfterPackets = _stop.Cancel;
        return Run.ToaAsync(_machine, "", _stop.Token, ["capture", .. arguments]);
    }

    private sealed class Vanishing(params byte[][] waiting) : IPacketSource
    {
        private int _calls;

        public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken stop)
        {
            int at = _calls++ - 1;
            if (at < 0)
                throw new SocketException((int)SocketError.NetworkDown);
            if (at == waiting.Length)
                await Task.Delay(Timeout.Infinite, stop);
            waiting[at].CopyTo(buffer);
            return waiting[at].Length;
        }

        public uint TakeDropped() => 0;

        public void Dispose()
        {
        }
    }
}
