using System.Linq;
using FluentAssertions;
using Toa.LoadBalancing.Tests.Support;
using Xunit;

namespace Toa.LoadBalancing.Tests;

/// <summary>Clients that send a TOA option with another client's address.</summary>
public sealed class ForgedOptionTests
{
    private static readonly byte[] s_forgedIPv4 = [200, 8, 0x1a, 0x0a, 203, 0, 113, 66];
    private static readonly byte[] s_forgedIPv6 = [253, 20, 0x1a, 0x0a, 0x20, 1, 0xd, 0xb8, .. new byte[11], 0x66];

    [Fact]
    public void Only_the_balancers_option_is_left()
    {
        TestCore core = new();
        Conversation conversation = Handshake(core);
        Sent ack = conversation.SendAck([.. s_forgedIPv4, .. OptionBytes.Timestamps]);
        ack.OptionList().Should().HaveCount(2);
        ack.OptionList()[0].Should().StartWith([253, 20]);
        ack.FindClient(200, 8).Should().BeNull();
        core.Counters.ForgedOptionsRemoved.Should().Be(1);
    }

    [Fact]
    public void A_forged_one_goes_where_the_balancer_writes_none()
    {
        TestCore core = new();
        Conversation conversation = Handshake(core);
        conversation.SendServerData(1);
        conversation.SendData(1, [.. s_forgedIPv6, .. s_forgedIPv4]).OptionList().Should().BeEmpty();
        core.Counters.ForgedOptionsRemoved.Should().Be(2);
    }

    [Fact]
    public void A_forged_one_makes_room_for_the_balancers()
    {
        TestCore core = new();
        Sent ack = Handshake(core).SendAck([.. s_forgedIPv6, .. OptionBytes.Timestamps]);
        ack.FindClient(253, 20).Should().Be(TestCore.ClientIPv6);
        ack.OptionList().Should().HaveCount(2);
    }

    [Fact]
    public void A_forged_one_on_the_SYN_goes_as_well()
    {
        TestCore core = new();
        Conversation conversation = new(core, TestCore.ClientIPv4);
        conversation.SendSyn([.. s_forgedIPv4, .. s_forgedIPv6]).OptionList().Should().BeEmpty();
    }

    [Fact]
    public void Formats_of_any_listener_count()
    {
        TestCore core = new(options => options.Listeners[0].Format = new ToaOptionFormat(254, 12));
        byte[] forged = [254, 12, 1, 2, 3, 4, 5, 6, 0, 0, 0, 0];
        Handshake(core).SendAck(forged).OptionList().Should().ContainSingle();
    }

    [Theory]
    [InlineData("tencent-vpc", 200, 8)]
    [InlineData("tencent-vpc", 201, 6)]
    [InlineData("tencent-vpc", 202, 8)]
    [InlineData("alibaba-vpc", 252, 20)]
    [InlineData("alibaba-vpc", 254, 8)]
    [InlineData("alibaba-vpc", 250, 8)]
    [InlineData("alibaba-ddos", 254, 8)]
    [InlineData("alibaba-ddos", 249, 40)]
    [InlineData("akamai", 28, 7)]
    [InlineData("akamai", 28, 19)]
    [InlineData("alibaba-cdn", 28, 7)]
    [InlineData("alibaba-cdn", 28, 19)]
    [InlineData("netscaler", 28, 7)]
    [InlineData("netscaler", 28, 19)]
    [InlineData("baidu", 254, 8)]
    [InlineData("bytedance", 254, 16)]
    [InlineData("dpvs", 254, 8)]
    [InlineData("dpvs", 254, 20)]
    [InlineData("huawei", 254, 8)]
    [InlineData("huawei", 253, 20)]
    [InlineData("huawei", 254, 20)]
    [InlineData("ucloud", 252, 8)]
    [InlineData("ucloud", 253, 8)]
    [InlineData("ucloud", 254, 8)]
    public void All_options_that_servers_read_for_a_vendor_count(string vendor, byte kind, byte length)
    {
        TestCore core = new(options => options.Listeners[0].Format = ToaOptionFormat.Parse(vendor));
        byte[] forged = [kind, length, .. new byte[length - 2], .. new byte[-length & 3]];
        Conversation conversation = Handshake(core);
        conversation.SendServerData(1);
        conversation.SendData(1, forged).OptionList().Should().BeEmpty();
        core.Counters.ForgedOptionsRemoved.Should().Be(1);
    }

    [Fact]
    public void Without_a_listener_of_the_vendor_its_options_are_unknown_ones()
    {
        byte[] userTimeoutAndOthers = [28, 4, 0, 100, 28, 7, 1, 2, 3, 4, 5, 1, 201, 6, 1, 2, 3, 4, 1, 1];
        TestCore core = new();
        Handshake(core).SendAck(userTimeoutAndOthers).Options.Should().EndWith(userTimeoutAndOthers);
        core.Counters.ForgedOptionsRemoved.Should().Be(0);
    }

    [Fact]
    public void The_same_kind_with_another_length_is_another_option()
    {
        TestCore core = new();
        byte[] other = [253, 8, 1, 2, 3, 4, 5, 6];
        Handshake(core).SendAck(other).Options.Should().EndWith(other);
        core.Counters.ForgedOptionsRemoved.Should().Be(0);
    }

    [Theory]
    [InlineData(0, 200, 0, 0)]
    [InlineData(0, 0, 0, 200)]
    public void What_stands_behind_the_end_of_the_list_is_no_option(params int[] options)
    {
        byte[] list = [.. options.Select(option => (byte)option)];

        Sent ack = Handshake(new TestCore()).SendAck(list);

        ack.Options.Should().EndWith(list);
        ack.OptionList().Should().ContainSingle().Which.Should().StartWith([253, 20]);
    }

    [Fact]
    public void They_can_be_kept_to_see_what_servers_do()
    {
        TestCore core = TestCore.With(listener => listener.KeepForgedOptions = true);
        Sent ack = Handshake(core).SendAck(s_forgedIPv4);
        ack.Options[..20].Should().StartWith([253, 20], "the balancer's own is still the first");
        ack.Options[20..].Should().Equal(s_forgedIPv4);
    }

    private static Conversation Handshake(TestCore core)
    {
        Conversation conversation = new(core, TestCore.ClientIPv6);
        conversation.SendSyn();
        conversation.SendSynAck();
        return conversation;
    }
}
