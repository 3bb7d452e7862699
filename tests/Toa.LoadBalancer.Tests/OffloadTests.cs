using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Runtime.InteropServices;
using FluentAssertions;
using Toa.LoadBalancing.Packets;
using Toa.LoadBalancing.Tests.Support;
using Xunit;

namespace Toa.LoadBalancing.Tests;

/// <summary>Segments that leave checksum and division to the device, and how they leave it.</summary>
public sealed class OffloadTests
{
    private const int Mtu = 1500;

    private static readonly byte[] s_payload = [.. Enumerable.Range(0, 30_000).Select(i => (byte)(i * 31))];

    public static TheoryData<string> Clients => [.. new[] { TestCore.ClientIPv4, TestCore.ClientIPv6 }.Select(c => c.ToString())];

    [Theory]
    [MemberData(nameof(Clients))]
    public void A_missing_checksum_stays_missing_for_the_new_addresses(string client)
    {
        TestCore core = new();
        Conversation conversation = Conversation.Open(core, IPEndPoint.Parse(client));
        Sent up = Pass(core, conversation.FromClient() with { Payload = [1, 2, 3] }, segmentSize: 0).Single();
        up.Payload.Should().Equal(1, 2, 3);
        up.OptionList().Should().ContainSingle();
        Sent down = Pass(core, conversation.FromServer() with { Payload = [4, 5] }, segmentSize: 0).Single();
        down.Payload.Should().Equal(4, 5);
        down.Source.Should().Be(conversation.VirtualAddress);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public void A_large_segment_passes_in_one_piece_with_its_option_on_each_packet(string client)
    {
        TestCore core = new();
        Conversation conversation = Conversation.Open(core, IPEndPoint.Parse(client));
        LoadBalancerCounters before = core.Counters;

        IReadOnlyList<Sent> sent = Pass(core, conversation.FromClient() with { Payload = s_payload }, segmentSize: 1400);

        sent.Should().HaveCount(22);
        sent.SelectMany(packet => packet.Payload).Should().Equal(s_payload);
        sent.Should().OnlyContain(packet => packet.OptionList().Count == 1)
            .And.OnlyContain(packet => Equals(packet.FindClient(packet.OptionList()[0][0], (byte)packet.OptionList()[0].Length), conversation.Client));
        core.Counters.FromClients.Should().Be(before.FromClients + 22, "counters count packets on the wire");
        core.Counters.ToServers.Should().Be(before.ToServers + 22);
        core.Flows.Single().PacketsFromClient.Should().Be(2 + 22);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public void A_large_segment_of_a_server_passes_in_one_piece(string client)
    {
        TestCore core = new();
        Conversation conversation = Conversation.Open(core, IPEndPoint.Parse(client));
        LoadBalancerCounters before = core.Counters;

        IReadOnlyList<Sent> sent = Pass(core, conversation.FromServer() with { Payload = s_payload }, segmentSize: 1400);

        sent.SelectMany(packet => packet.Payload).Should().Equal(s_payload);
        core.Counters.FromServers.Should().Be(before.FromServers + 22);
        core.Counters.ToClients.Should().Be(before.ToClients + 22);
        core.Flows.Single().PacketsFromServer.Should().Be(1 + 22);
    }

    [Fact]
    public void Packets_that_routers_may_fragment_have_numbers_of_their_own()
    {
        TestCore core = new();
        Conversation conversation = Conversation.Open(core, TestCore.ClientIPv6);
        Segment large = conversation.FromClient() with { Payload = s_payload[..5000] };
        Sent[] sent = [.. Pass(core, large, segmentSize: 500), .. Pass(core, large, segmentSize: 500)];
        sent.Should().OnlyContain(packet => packet.IPv4.FragmentFlags == 0);
        sent.Select(packet => packet.IPv4.Id).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void The_size_of_a_packet_on_the_wire_counts_for_the_path()
    {
        TestCore core = new();
        Conversation conversation = Conversation.Open(core, TestCore.ClientIPv4);
        int fits = Mtu - 20 - 20;

        Pass(core, conversation.FromClient() with { Payload = s_payload }, fits - 8).Should().OnlyContain(
            packet => packet.OptionList().Count == 1 && packet.Bytes.Length <= Mtu);
        Pass(core, conversation.FromClient() with { Payload = s_payload }, fits).Should().OnlyContain(
            packet => packet.OptionList().Count == 0, "with the option, the packets would be too large");
        core.Counters.OptionsSkipped[InsertionSkip.Mtu].Should().Be(1);

        Pass(core, conversation.FromClient() with { Payload = s_payload }, fits + 1).Single().IP.PayloadPacket
            .Should().BeOfType<PacketDotNet.IcmpV4Packet>();
        core.Dropped(DropReason.TooBig).Should().Be(1);
        Pass(core, conversation.FromServer() with { Payload = s_payload }, fits + 1).Single().IP.PayloadPacket
            .Should().BeOfType<PacketDotNet.IcmpV4Packet>();
        core.Dropped(DropReason.TooBig).Should().Be(2);
    }

    [Fact]
    public void A_segment_as_long_as_an_IP_packet_can_be_gets_no_option()
    {
        TestCore core = new();
        Conversation conversation = Conversation.Open(core, TestCore.ClientIPv4);
        byte[] most = new byte[ushort.MaxValue - 20 - 20];
        Pass(core, conversation.FromClient() with { Payload = most }, 1400).Should().OnlyContain(
            packet => packet.OptionList().Count == 0);
        Pass(core, conversation.FromClient() with { Payload = most[8..] }, 1400).Should().OnlyContain(
            packet => packet.OptionList().Count == 1);
    }

    [Fact]
    public void The_device_s_header_is_that_of_Linux()
    {
        byte[] packet = (Conversation.Open(new TestCore(), TestCore.ClientIPv6).FromClient() with { Options = OptionBytes.Timestamps }).ToBytes();
        Offload offload = new(NeedsChecksum: true, SegmentSize: 1400, HasCongestionFlag: true);

        // virtio_net_hdr: flags, gso_type, hdr_len, gso_size, csum_start, csum_offset.
        ushort[] words = Words(OffloadHeader.For(offload, packet));
        words.Should().Equal(BinaryPrimitives.ReadUInt16LittleEndian([0x01, 0x84]), 40 + 32, 1400, 40, 16);
        OffloadHeader.For(offload, packet).ToOffload().Should().Be(offload);

        Words(OffloadHeader.For(offload with { SegmentSize = 0, HasCongestionFlag = false }, packet)).Should().Equal(1, 0, 0, 40, 16);
        Words(OffloadHeader.For(default, packet)).Should().Equal(0, 0, 0, 0, 0);
        default(OffloadHeader).ToOffload().Should().Be(default(Offload));
    }

    private static ushort[] Words(OffloadHeader header) =>
        MemoryMarshal.Cast<OffloadHeader, ushort>(MemoryMarshal.CreateReadOnlySpan(in header, 1)).ToArray();

    private static IReadOnlyList<Sent> Pass(TestCore core, Segment segment, int segmentSize) => core.Send(
        NetworkCard.LeaveChecksum(segment.ToBytes()), new Offload(NeedsChecksum: true, (ushort)segmentSize, HasCongestionFlag: false));
}
