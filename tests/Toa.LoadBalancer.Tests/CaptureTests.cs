using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using FluentAssertions;
using Toa.LoadBalancing.Capture;
using Toa.LoadBalancing.Tests.Support;
using Xunit;

namespace Toa.LoadBalancing.Tests;

/// <summary>The capture of packets, without a device.</summary>
public sealed class CaptureTests : IDisposable
{
    private const string Clients = "clients", Servers = "servers";

    private readonly MemoryStream _file = new();
    private readonly LogRecorder _log = new();

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Both_sides_of_a_connection_are_captured_with_its_addresses(int queues)
    {
        DateTime start = DateTime.UtcNow;
        List<Sent> sent = [];
        string flow;
        using (PacketCapture capture = Capture())
        {
            TestCore core = new(queues: queues, capture: capture);
            Conversation conversation = new(core, TestCore.ClientIPv6);
            sent.AddRange([conversation.SendSyn(), conversation.SendSynAck(), conversation.SendAck(), conversation.SendData(7)]);
            flow = $"client [2001:db8::1]:40000, virtual address [2001:db8:100::1]:80, source {conversation.Source}, "
                + "server 10.0.0.2:8080, state ";
        }

        List<PcapngPacket> packets = Packets();
        packets.Select(packet => (packet.Interface, packet.IsSent, packet.Comment)).Should().Equal(
            (Clients, false, flow + "Opening"), (Servers, true, flow + "Opening"),
            (Servers, false, flow + "Opening"), (Clients, true, flow + "Opening"),
            (Clients, false, flow + "Opening"), (Servers, true, flow + "Established"),
            (Clients, false, flow + "Established"), (Servers, true, flow + "Established"));
        packets.Where(packet => packet.IsSent).Select(packet => packet.Bytes).Should().BeEquivalentTo(
            sent.Select(packet => packet.Bytes), options => options.WithStrictOrdering());
        packets.Select(packet => packet.Time).Should().BeInAscendingOrder();
        packets[0].Time.Should().BeOnOrAfter(start.AddMicroseconds(-1)).And.BeOnOrBefore(DateTime.UtcNow);
    }

    [Fact]
    public void Dropped_packets_have_their_reason_and_stand_before_the_answer()
    {
        using (PacketCapture capture = Capture())
        {
            TestCore core = new(capture: capture);
            Conversation conversation = new(core, TestCore.ClientIPv4);
            core.Send(conversation.FromClient()).Should().ContainSingle().Which.Tcp.Reset.Should().BeTrue();
            core.Send(conversation.FromClient() with { HopLimit = 1 }).Should().BeEmpty();
            core.SendUnread([1, 2, 3]);
        }

        Packets().Select(packet => (packet.Interface, packet.IsSent, packet.Comment)).Should().Equal(
            (Clients, false, "dropped: NoFlow"), (Clients, true, null), (Clients, false, "dropped: HopLimit"));
    }

    [Fact]
    public void Errors_and_the_balancers_own_resets_belong_to_their_connection()
    {
        string client;
        using (PacketCapture capture = Capture())
        {
            TestCore core = new(capture: capture);
            Conversation conversation = Conversation.Open(core, TestCore.ClientIPv4);
            Sent data = conversation.SendData(9);
            client = $"client {conversation.Client}";
            core.Send(IcmpPackets.IPv4(
                System.Net.IPAddress.Parse("10.0.0.254"), conversation.Source.Address, 3, 1, 0, data.Bytes)).Should().ContainSingle();
            core.Wait(new FlowOptions().IdleTimeout).Should().HaveCount(2);
        }

        List<PcapngPacket> packets = Packets();
        packets.Should().HaveCount(8 + 2 + 2).And.OnlyContain(packet => packet.Comment!.StartsWith(client));
        packets[8..].Select(packet => (packet.Interface, packet.IsSent)).Should().Equal(
            (Servers, false), (Clients, true), (Servers, true), (Clients, true));
    }

    [Fact]
    public void A_packet_that_a_fault_drops_has_only_arrived_and_one_that_waits_is_captured_when_it_leaves()
    {
        using (PacketCapture capture = Capture())
        {
            TestCore core = new(options => options.Listeners[0].Faults.ToServers.Latency = TimeSpan.FromMilliseconds(50), capture: capture);
            Conversation conversation = new(core, TestCore.ClientIPv4);
            core.Send(conversation.Syn()).Should().BeEmpty();
            core.Core.Listeners[0].SetFaults(new FaultOptions { ToServers = { Stall = true } });
            core.Wait(TimeSpan.Zero).Should().ContainSingle("it waits no longer");
            core.Send(conversation.Syn()).Should().BeEmpty();
        }

        List<PcapngPacket> packets = Packets();
        packets.Select(packet => (packet.Interface, packet.IsSent)).Should().Equal(
            (Clients, false), (Servers, true), (Clients, false));
        packets.Should().OnlyContain(packet => packet.Comment!.EndsWith("server 10.0.0.2:8080, state Opening"));
    }

    [Fact]
    public void Large_segments_are_captured_in_one_piece()
    {
        using (PacketCapture capture = Capture())
        {
            TestCore core = new(capture: capture);
            Conversation conversation = Conversation.Open(core, TestCore.ClientIPv6);
            byte[] large = (conversation.FromClient() with { Payload = new byte[65_000] }).ToBytes();
            core.Send(NetworkCard.LeaveChecksum(large), new(NeedsChecksum: true, 1400, HasCongestionFlag: false)).Should().HaveCount(47);
        }

        Packets().Select(packet => packet.Bytes.Length).Should().EndWith([65_000 + 60, 65_000 + 60]);
    }

    [Fact]
    public void A_disk_that_is_too_slow_holds_nothing_up_and_what_is_missing_is_said()
    {
        using SlowStream disk = new(_file);
        long missing;
        using (PacketCapture capture = new(disk, "x.pcapng", "toa0", _log, bufferSize: 100_000))
        {
            TestCore core = new(capture: capture);
            Conversation conversation = Conversation.Open(core, TestCore.ClientIPv4);
            disk.IsWriting.Wait();
            for (int i = 0; i < 1000; i++)
                conversation.SendData(1000);
            missing = core.Counters.PacketsNotCaptured;
            missing.Should().BePositive();

            disk.MayWrite.Set();
            SpinWait.SpinUntil(() => disk.Written > 50_000);
            conversation.SendData(1);
        }

        List<PcapngPacket> packets = Packets();
        packets.Should().HaveCount((int)(6 + 2000 + 2 - missing));
        packets[^2].Comment.Should().EndWith($"state Established. {missing} packets before this one were not captured");
        _log.Lines.Should().ContainSingle().Which.Should().StartWith(
            $"Warning: {missing} packets are missing in x.pcapng, because writing it was too slow.");
    }

    [Fact]
    public void A_device_that_is_full_ends_the_capture_and_nothing_else()
    {
        using (PacketCapture capture = PacketCapture.Create("/dev/full", "toa0", _log))
        {
            SpinWait.SpinUntil(() => !_log.Lines.IsEmpty);
            TestCore core = new(capture: capture);
            Conversation.Open(core, TestCore.ClientIPv4).SendData(100);
            core.Counters.PacketsNotCaptured.Should().Be(0);
        }

        _log.Lines.Should().ContainSingle().Which.Should().StartWith("Warning: The capture has ended: No space left on device")
            .And.Contain("Packets are forwarded as before").And.Contain("free space or use another file");
    }

    [Fact]
    public void A_file_that_cannot_be_created_is_refused_with_its_name() =>
        FluentActions.Invoking(() => PacketCapture.Create("/nonexistent/x.pcapng", "toa0", _log)).Should().Throw<IOException>()
            .WithMessage("Cannot create the capture file /nonexistent/x.pcapng: *Use a file in an existing folder*");

    public void Dispose() => _file.Dispose();

    private PacketCapture Capture() => new(_file, "x.pcapng", "toa0", _log);

    private List<PcapngPacket> Packets() => PcapngFile.Read(_file.ToArray());

    /// <summary>A disk that writes nothing until it may.</summary>
    private sealed class SlowStream(MemoryStream file) : Stream
    {
        private long _written;

        public ManualResetEventSlim IsWriting { get; } = new();

        public ManualResetEventSlim MayWrite { get; } = new();

        public long Written => Interlocked.Read(ref _written);

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get; set; }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count)
        {
            IsWriting.Set();
            MayWrite.Wait();
            file.Write(buffer, offset, count);
            Interlocked.Add(ref _written, count);
        }

        protected override void Dispose(bool disposing)
        {
            IsWriting.Dispose();
            MayWrite.Dispose();
            base.Dispose(disposing);
        }
    }
}
