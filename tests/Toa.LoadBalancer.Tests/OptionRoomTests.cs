using System;
using System.Linq;
using System.Net;
using FluentAssertions;
using Toa.LoadBalancing.Tests.Support;
using Xunit;

namespace Toa.LoadBalancing.Tests;

/// <summary>The handling of other options, and of the TOA option, if a header or a packet is full.</summary>
public sealed class OptionRoomTests
{
    private static readonly byte[] s_md5 = [19, 18, .. Enumerable.Range(1, 16).Select(i => (byte)i), 1, 1];

    private readonly TestCore _core = new();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    public void The_last_SACK_blocks_go_and_timestamps_stay(int blocks, int kept)
    {
        Sent sent = Open(TestCore.ClientIPv6).SendAck([.. OptionBytes.Timestamps, .. OptionBytes.Sack(blocks)]);
        sent.FindClient(253, 20).Should().Be(TestCore.ClientIPv6);
        sent.Options.Should().HaveCount(40);
        sent.OptionList().Should().HaveCount(3);
        sent.OptionList()[1].Should().Equal(OptionBytes.Timestamps[2..]);
        sent.OptionList()[2].Should().Equal(OptionBytes.Sack(1)[2..], "the first block tells of the newest segment");
        _core.Counters.SackBlocksPruned.Should().Be(blocks - kept);
    }

    [Fact]
    public void SACK_blocks_stay_where_there_is_room()
    {
        byte[] options = [.. OptionBytes.Timestamps, .. OptionBytes.Sack(2)];
        Sent sent = Open(TestCore.ClientIPv4).SendAck(options);
        sent.Options.Should().HaveCount(40).And.EndWith(options);
        _core.Counters.SackBlocksPruned.Should().Be(0);
    }

    [Fact]
    public void Padding_goes_first()
    {
        byte[] options = [1, 1, 1, 8, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1, 1, 5, 10, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0xff];
        Sent sent = Open(TestCore.ClientIPv6).SendAck(options);
        sent.Options.Should().EndWith([8, 10, 9, 8, 7, 6, 5, 4, 3, 2, 5, 10, 1, 2, 3, 4, 5, 6, 7, 8]).And.HaveCount(40);
        _core.Counters.SackBlocksPruned.Should().Be(0);
    }

    [Fact]
    public void Signatures_and_unknown_options_are_never_pruned()
    {
        Conversation conversation = Open(TestCore.ClientIPv6);
        byte[] signed = [.. OptionBytes.Timestamps, .. s_md5];
        conversation.SendAck(signed).Options.Should().Equal(signed);

        byte[] unknown = [77, 24, .. new byte[22]];
        conversation.SendAck(unknown).Options.Should().Equal(unknown);
        _core.Counters.OptionsSkipped[InsertionSkip.NoRoom].Should().Be(2);
        _core.Counters.OptionsInserted.Should().Be(0);
    }

    [Fact]
    public void What_cannot_make_enough_room_is_left_alone()
    {
        byte[] options = [77, 22, .. new byte[20], 1, 1, .. OptionBytes.Sack(1)];
        Open(TestCore.ClientIPv6).SendAck(options).Options.Should().Equal(options);
        _core.Counters.SackBlocksPruned.Should().Be(0);
    }

    [Fact]
    public void A_SYN_keeps_all_that_it_offers()
    {
        TestCore core = TestCore.With(listener => listener.Placement = OptionPlacement.SynAndUntilAcknowledged);
        Conversation conversation = new(core, TestCore.ClientIPv6);
        byte[] offers = [.. OptionBytes.LinuxSyn(1400), 34, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 1];
        core.Pass(conversation.Syn() with { Options = offers }).Options.Should().Equal(offers);
        core.Counters.OptionsSkipped[InsertionSkip.NoRoom].Should().Be(1);
    }

    /// <summary>
    /// Tests all lengths of other options, for both families: the TOA option is inserted completely or not at all.
    /// </summary>
    [Fact]
    public void Every_length_is_either_inserted_or_skipped()
    {
        foreach (IPEndPoint client in (IPEndPoint[])[TestCore.ClientIPv4, TestCore.ClientIPv6])
        {
            int own = client.Address.GetAddressBytes().Length + 4;
            Conversation conversation = Open(client);
            for (int length = 2; length <= 40; length++)
            {
                byte[] padding = [.. Enumerable.Repeat((byte)1, -length & 3)];
                byte[] options = [77, (byte)length, .. Enumerable.Repeat((byte)0xaa, length - 2), .. padding];
                Sent sent = conversation.SendAck(options);
                if (length + own <= 40)
                {
                    sent.FindClient(own == 8 ? (byte)200 : (byte)253, (byte)own).Should().Be(client);
                    sent.OptionList()[1].Should().Equal(options[..length]);
                }
                else
                {
                    sent.Options.Should().Equal(options);
                }
            }
        }
    }

    [Fact]
    public void A_packet_that_would_pass_the_MTU_goes_without()
    {
        Conversation conversation = Open(TestCore.ClientIPv6);
        int room = 1500 - 20 - 20 - 20;
        conversation.SendData(room).FindClient(253, 20).Should().NotBeNull();
        Sent full = conversation.SendData(room + 1);
        full.FindClient(253, 20).Should().BeNull();
        full.Payload.Should().HaveCount(room + 1);
        _core.Counters.OptionsSkipped[InsertionSkip.Mtu].Should().Be(1);
    }

    [Fact]
    public void SACK_blocks_and_padding_make_room_for_a_packet_too()
    {
        Conversation conversation = Open(TestCore.ClientIPv4);
        byte[] options = [.. OptionBytes.Timestamps, .. OptionBytes.Sack(1)];
        Sent sent = conversation.SendData(1500 - 40 - options.Length, options);
        sent.FindClient(200, 8).Should().Be(TestCore.ClientIPv4);
        sent.Bytes.Should().HaveCount(1500 - 4);
        sent.OptionList().Should().HaveCount(2, "the block is gone");
    }

    [Fact]
    public void No_packet_is_ever_larger_than_the_MTU()
    {
        foreach (IPEndPoint client in (IPEndPoint[])[TestCore.ClientIPv4, TestCore.ClientIPv6])
        {
            Conversation conversation = Open(client);
            int header = client.Address.GetAddressBytes().Length == 4 ? 20 : 40;
            for (int payload = 1380; payload <= 1500 - header - 20 - 12; payload++)
                conversation.SendData(payload, OptionBytes.Timestamps).Bytes.Length.Should().BeLessThanOrEqualTo(1500);
        }
    }

    [Theory]
    [InlineData(true, 1460, 1452)]
    [InlineData(true, 1400, 1392)]
    [InlineData(true, 8960, 1452)]
    [InlineData(false, 1460, 1440)]
    [InlineData(false, 1400, 1380)]
    [InlineData(false, 65535, 1440)]
    public void The_servers_MSS_leaves_room_for_the_option(bool isIPv4, ushort announced, int lowered)
    {
        Conversation conversation = new(_core, isIPv4 ? TestCore.ClientIPv4 : TestCore.ClientIPv6);
        conversation.SendSyn();
        Sent synAck = conversation.SendSynAck(OptionBytes.LinuxSyn(announced));
        Mss(synAck).Should().Be(Math.Min(lowered, 1500 - (isIPv4 ? 40 : 60)));
        synAck.Options[4..].Should().Equal(OptionBytes.LinuxSyn(announced)[4..]);
        _core.Counters.MssLowered.Should().Be(1);
    }

    [Theory]
    [InlineData(true, 1460, 1460)]
    [InlineData(true, 8960, 1460)]
    [InlineData(false, 1440, 1440)]
    [InlineData(false, 8940, 1440)]
    [InlineData(false, 1220, 1220)]
    public void The_clients_MSS_is_what_fits_once_its_packets_are_of_its_family(bool isIPv4, ushort announced, int lowered)
    {
        Conversation conversation = new(_core, isIPv4 ? TestCore.ClientIPv4 : TestCore.ClientIPv6);
        Mss(conversation.SendSyn(OptionBytes.LinuxSyn(announced))).Should().Be(lowered);
        _core.Counters.MssLowered.Should().Be(lowered < announced ? 1 : 0);
    }

    [Fact]
    public void Without_the_option_nothing_is_taken_off_the_servers_MSS()
    {
        TestCore core = TestCore.With(listener => listener.Placement = OptionPlacement.None);
        Conversation conversation = new(core, TestCore.ClientIPv4);
        conversation.SendSyn();
        Mss(conversation.SendSynAck(OptionBytes.LinuxSyn(1460))).Should().Be(1460);
    }

    [Fact]
    public void An_MSS_that_is_tiny_or_lacking_stays()
    {
        Conversation conversation = new(_core, TestCore.ClientIPv6);
        conversation.SendSyn();
        Mss(conversation.SendSynAck(OptionBytes.LinuxSyn(48))).Should().Be(48);
        conversation.ServerNext--;
        conversation.SendSynAck(1, 3, 3, 7).Options.Should().Equal(1, 3, 3, 7);
        conversation.ServerNext--;
        conversation.SendSynAck(2, 3, 5, 1).Options.Should().Equal([2, 3, 5, 1], "that is no MSS");
    }

    private static int Mss(Sent sent) => (sent.Options[2] << 8) | sent.Options[3];

    private Conversation Open(IPEndPoint client)
    {
        Conversation conversation = new(_core, client);
        conversation.SendSyn();
        conversation.SendSynAck();
        return conversation;
    }
}
