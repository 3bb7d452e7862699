using System.Net;
using FluentAssertions;
using Toa.LoadBalancing.Tests.Support;
using Xunit;

namespace Toa.LoadBalancing.Tests;

/// <summary>The packets that both ends of a connection see.</summary>
public sealed class HandshakeTests
{
    private readonly TestCore _core = new();

    [Fact]
    public void NAT64_translates_the_SYN_of_an_IPv6_client()
    {
        Conversation conversation = new(_core, TestCore.ClientIPv6);
        Sent syn = _core.Pass(
            conversation.Syn() with { Options = OptionBytes.LinuxSyn(1440), TrafficClass = 0xb9, HopLimit = 33 });

        syn.Destination.Should().Be(TestCore.Server);
        syn.Source.Address.Should().Be(IPAddress.Parse("10.64.0.1"));
        syn.Source.Port.Should().BeInRange(1024, 65535);
        syn.IPv4.TimeToLive.Should().Be(32);
        syn.IPv4.TypeOfService.Should().Be(0xb9);
        syn.IPv4.FragmentFlags.Should().Be(0, "RFC 7915: what is no longer than 1260 bytes may be cut");
        syn.Tcp.SequenceNumber.Should().Be(1000);
        syn.Tcp.WindowSize.Should().Be(0x1234);
        syn.Tcp.Synchronize.Should().BeTrue();
        syn.Tcp.Acknowledgment.Should().BeFalse();
        syn.Options.Should().Equal(OptionBytes.LinuxSyn(1440), "the SYN carries no option by default");
    }

    [Fact]
    public void Full_NAT_rewrites_both_addresses_of_an_IPv4_client()
    {
        Conversation conversation = new(_core, TestCore.ClientIPv4);
        Sent syn = _core.Pass(conversation.Syn() with { TrafficClass = 0x2e, HopLimit = 33 });

        syn.Destination.Should().Be(TestCore.Server);
        syn.Source.Address.Should().Be(IPAddress.Parse("10.64.0.1"));
        syn.IPv4.TimeToLive.Should().Be(32);
        syn.IPv4.TypeOfService.Should().Be(0x2e);
        syn.IPv4.FragmentFlags.Should().Be(2);
        syn.IPv4.Id.Should().Be(0x4321);
    }

    [Fact]
    public void Answers_come_from_the_virtual_address()
    {
        Conversation ipv4 = new(_core, TestCore.ClientIPv4);
        ipv4.SendSyn();
        Sent answer = _core.Pass(ipv4.SynAck() with { TrafficClass = 0x11, HopLimit = 60 });
        answer.Source.Should().Be(TestCore.VirtualIPv4);
        answer.Destination.Should().Be(TestCore.ClientIPv4);
        answer.IPv4.TimeToLive.Should().Be(59);

        Conversation ipv6 = new(_core, TestCore.ClientIPv6);
        ipv6.SendSyn();
        answer = _core.Pass(ipv6.SynAck() with { TrafficClass = 0x11, HopLimit = 60 });
        answer.Source.Should().Be(TestCore.VirtualIPv6);
        answer.Destination.Should().Be(TestCore.ClientIPv6);
        answer.IPv6.HopLimit.Should().Be(59);
        answer.IPv6.TrafficClass.Should().Be(0x11);
        answer.IPv6.FlowLabel.Should().Be(0);
        answer.Tcp.SequenceNumber.Should().Be(5000);
        answer.Tcp.AcknowledgmentNumber.Should().Be(1001);
    }

    [Fact]
    public void The_handshakes_ACK_names_the_client()
    {
        Conversation ipv4 = new(_core, TestCore.ClientIPv4);
        ipv4.SendSyn().FindClient(200, 8).Should().BeNull();
        ipv4.SendSynAck().Options.Should().BeEmpty();
        ipv4.SendAck().Options.Should().Equal(200, 8, 0x9c, 0x40, 192, 0, 2, 10);

        Conversation ipv6 = new(_core, TestCore.ClientIPv6);
        ipv6.SendSyn();
        ipv6.SendSynAck();
        Sent ack = ipv6.SendAck(OptionBytes.Timestamps);
        ack.FindClient(253, 20).Should().Be(TestCore.ClientIPv6);
        ack.Options.Should().StartWith([253, 20], "it stands before whatever the client sent")
            .And.EndWith(OptionBytes.Timestamps);
        ack.Tcp.SequenceNumber.Should().Be(1001, "options take no numbers");
        _core.Counters.OptionsInserted.Should().Be(2);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(23)]
    [InlineData(30)]
    public void Lengths_that_are_no_multiple_of_4_are_filled_up_by_NOPs_and_room_by_zeros(byte length)
    {
        TestCore core = TestCore.With(listener => listener.Format = new ToaOptionFormat(254, length));
        Sent ack = Open(core, TestCore.ClientIPv6);

        ack.FindClient(254, length).Should().Be(TestCore.ClientIPv6);
        ack.Options.Length.Should().Be((length + 3) / 4 * 4);
        ack.Options[20..length].Should().NotContain(filling => filling != 0);
        ack.Options[length..].Should().NotContain(padding => padding != 1);
    }

    [Fact]
    public void Other_kinds_can_be_used_for_either_family()
    {
        TestCore core = new(options =>
        {
            options.Listeners[0].Format = new ToaOptionFormat(254, 8);
            options.Listeners[1].Format = new ToaOptionFormat(254, 20);
        });
        Open(core, TestCore.ClientIPv4).FindClient(254, 8).Should().Be(TestCore.ClientIPv4);
        Open(core, TestCore.ClientIPv6).FindClient(254, 20).Should().Be(TestCore.ClientIPv6);
    }

    [Fact]
    public void Data_passes_unchanged_both_ways()
    {
        foreach (IPEndPoint client in (IPEndPoint[])[TestCore.ClientIPv4, TestCore.ClientIPv6])
        {
            Conversation conversation = Conversation.Open(_core, client);
            for (int length = 1; length < 1400; length += 7)
            {
                conversation.SendData(length).Payload.Should().HaveCount(length).And.EndWith((byte)((length - 1) * 7));
                conversation.SendServerData(length).Payload.Should().HaveCount(length).And.EndWith((byte)((length - 1) * 7));
            }
        }
    }

    [Fact]
    public void Large_IPv4_packets_for_the_server_must_not_be_cut()
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv6);
        conversation.SendData(1400).IPv4.FragmentFlags.Should().Be(2);
        Sent small = conversation.SendData(1200);
        small.IPv4.FragmentFlags.Should().Be(0);
        conversation.SendData(1200).IPv4.Id.Should().NotBe(small.IPv4.Id, "fragments of two packets must not be mixed up");
    }

    [Fact]
    public void Damaged_data_stays_damaged()
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv6);
        byte[] packet = (conversation.FromClient() with { Payload = [1, 2, 3, 4] }).ToBytes();
        packet[^1] ^= 0x40;

        FluentActions.Invoking(() => _core.Send(packet)).Should().Throw<Xunit.Sdk.XunitException>("its checksum is wrong");
        _core.Counters.ToServers.Should().Be(3, "whether it is damaged is for the server to find");
    }

    private static Sent Open(TestCore core, IPEndPoint client)
    {
        Conversation conversation = new(core, client);
        conversation.SendSyn();
        conversation.SendSynAck();
        return conversation.SendAck();
    }
}
