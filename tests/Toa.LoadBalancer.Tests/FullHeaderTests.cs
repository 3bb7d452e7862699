using System.Linq;
using FluentAssertions;
using Toa.LoadBalancing.Tests.Support;
using Xunit;

namespace Toa.LoadBalancing.Tests;

/// <summary>A TOA option of 40 bytes leaves no room for others, so the SYN must not offer any that later segments would carry.</summary>
public sealed class FullHeaderTests
{
    private static readonly byte[] s_multipath = [30, 12, 1, 0x81, 1, 2, 3, 4, 5, 6, 7, 8];

    [Fact]
    public void The_SYN_offers_neither_timestamps_nor_SACK()
    {
        Sent syn = new Conversation(Core(), TestCore.ClientIPv6).SendSyn(OptionBytes.LinuxSyn(1440));
        syn.Options.Should().Equal(2, 4, 0x05, 0xa0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 3, 7);
    }

    [Fact]
    public void The_SYN_does_not_offer_Multipath_TCP()
    {
        Sent syn = new Conversation(Core(), TestCore.ClientIPv6).SendSyn([.. OptionBytes.LinuxSyn(1440), .. s_multipath]);
        syn.OptionList().Select(option => (int)option[0]).Should().Equal(2, 3);
    }

    [Fact]
    public void Later_segments_carry_the_whole_option()
    {
        Conversation conversation = new(Core(), TestCore.ClientIPv6);
        conversation.SendSyn(OptionBytes.LinuxSyn(1440));
        conversation.SendSynAck(2, 4, 0x05, 0xb4, 1, 3, 3, 7);
        foreach (Sent sent in (Sent[])[conversation.SendAck(), conversation.SendData(100)])
        {
            sent.FindClient(249, 40).Should().Be(TestCore.ClientIPv6);
            sent.Options.Should().HaveCount(40);
        }
    }

    [Fact]
    public void The_servers_MSS_leaves_room_for_it()
    {
        Conversation conversation = new(Core(), TestCore.ClientIPv6);
        conversation.SendSyn();
        conversation.SendSynAck(2, 4, 0x05, 0xb4).Options.Should().Equal([2, 4, 0x05, 0x8c], "1460 - 40 is 1420");
    }

    [Fact]
    public void A_SYN_with_an_MSS_has_no_room_for_it()
    {
        TestCore core = Core(OptionPlacement.SynAndUntilAcknowledged);
        Sent syn = new Conversation(core, TestCore.ClientIPv6).SendSyn(OptionBytes.LinuxSyn(1440));
        syn.OptionList().Select(option => (int)option[0]).Should().Equal(2, 3);
        core.Counters.OptionsSkipped[InsertionSkip.NoRoom].Should().Be(1);
    }

    [Fact]
    public void A_SYN_with_nothing_but_such_offers_has_room_for_it()
    {
        TestCore core = Core(OptionPlacement.SynAndUntilAcknowledged);
        Sent syn = new Conversation(core, TestCore.ClientIPv6).SendSyn([4, 2, 1, 1, .. OptionBytes.Timestamps]);
        syn.FindClient(249, 40).Should().Be(TestCore.ClientIPv6);
    }

    [Fact]
    public void Offers_stay_where_no_option_is_written()
    {
        Sent syn = new Conversation(Core(OptionPlacement.None), TestCore.ClientIPv6).SendSyn(OptionBytes.LinuxSyn(1440));
        syn.Options.Should().Equal(OptionBytes.LinuxSyn(1440));
    }

    [Fact]
    public void Offers_stay_where_the_option_of_the_family_is_shorter()
    {
        TestCore core = TestCore.With(listener => listener.Format = ToaOptionFormat.AlibabaDdos);
        Sent syn = new Conversation(core, TestCore.ClientIPv4).SendSyn(OptionBytes.LinuxSyn(1460));
        syn.Options.Should().Equal(OptionBytes.LinuxSyn(1460));
    }

    [Theory]
    [InlineData(36, false)]
    [InlineData(37, true)]
    [InlineData(40, true)]
    public void NOPs_count_as_part_of_the_option(byte length, bool isFull)
    {
        TestCore core = TestCore.With(listener => listener.Format = new ToaOptionFormat(251, length));
        Sent syn = new Conversation(core, TestCore.ClientIPv6).SendSyn(OptionBytes.LinuxSyn(1440));
        syn.OptionList().Any(option => option[0] == 8).Should().Be(!isFull);
    }

    private static TestCore Core(OptionPlacement placement = OptionPlacement.UntilAcknowledged) => TestCore.With(listener =>
    {
        listener.Format = ToaOptionFormat.AlibabaDdos;
        listener.Placement = placement;
    });
}
