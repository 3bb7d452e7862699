using System;
using System.Linq;
using System.Net;
using FluentAssertions;
using Toa.LoadBalancing.Tests.Support;
using Xunit;

namespace Toa.LoadBalancing.Tests;

/// <summary>The bytes of each format, written by hand.</summary>
public sealed class FormatTests
{
    private const uint NetworkId = 0x030201;

    // The clients are 192.0.2.10 and 2001:db8::1, port 40000. They connect to 198.51.100.1 and 2001:db8:100::1, port 80.
    private const string Client4 = "c000020a";
    private const string Client6 = "20010db8000000000000000000000001";
    private const string Virtual4 = "c6336401";
    private const string Virtual6 = "20010db8010000000000000000000001";

    [Theory]
    [InlineData("tencent", "c808 9c40" + Client4)]
    [InlineData("tencent-vpc", "c808 9c40" + Client4 + "0101 c906 01020300 ca08 0050" + Virtual4)]
    [InlineData("alibaba-vpc", "fc14 9c40" + Client4 + "01020300" + Virtual4 + "0050 0000")]
    [InlineData("alibaba-ddos", "fe08 9c40" + Client4)]
    [InlineData("alibaba-cdn", "1c07 01" + Client4 + "01")]
    [InlineData("akamai", "1c07 01" + Client4 + "01")]
    [InlineData("netscaler", "1c07 01" + Client4 + "01")]
    [InlineData("baidu", "fe08 9c40" + Client4)]
    [InlineData("bytedance", "fe10 9c40" + Client4 + "0000 0050" + Virtual4)]
    [InlineData("china-mobile", "c808 9c40" + Client4)]
    [InlineData("dpvs", "fe08 9c40" + Client4)]
    [InlineData("huawei", "fe08 9c40" + Client4)]
    [InlineData("ucloud", "c808 9c40" + Client4)]
    [InlineData("251/8", "fb08 9c40" + Client4)]
    [InlineData("251/10", "fb0a 9c40" + Client4 + "0000 0101")]
    [InlineData("252/20", "fc14 9c40" + Client4 + "000000000000000000000000")]
    public void For_an_IPv4_client(string format, string bytes) => Expect(TestCore.ClientIPv4, format, bytes);

    [Theory]
    [InlineData("tencent", "fd14 9c40" + Client6)]
    [InlineData("alibaba-ddos", "f928 9c40" + Client6 + "030201 00" + Virtual6)]
    [InlineData("alibaba-cdn", "1c13 01" + Client6 + "01")]
    [InlineData("akamai", "1c13 01" + Client6 + "01")]
    [InlineData("netscaler", "1c13 01" + Client6 + "01")]
    [InlineData("dpvs", "fe14 9c40" + Client6)]
    [InlineData("huawei", "fd14 9c40" + Client6)]
    [InlineData("251/20", "fb14 9c40" + Client6)]
    [InlineData("252/20", "fc14 9c40" + Client6)]
    public void For_an_IPv6_client(string format, string bytes) => Expect(TestCore.ClientIPv6, format, bytes);

    [Fact]
    public void The_default_is_that_of_Tencent()
    {
        ListenerOptions listener = new() { VirtualAddress = TestCore.VirtualIPv4 };
        listener.Format.Should().BeSameAs(ToaOptionFormat.Tencent);
        listener.NetworkId.Should().Be(0);
    }

    [Fact]
    public void A_network_id_uses_all_its_bits()
    {
        Ack(TestCore.ClientIPv4, "alibaba-vpc", 0xfedcba98).Options[8..12].Should().Equal(0x98, 0xba, 0xdc, 0xfe);
        Ack(TestCore.ClientIPv6, "alibaba-ddos", 0xfedcba).Options[20..24].Should().Equal(0xfe, 0xdc, 0xba, 0);
    }

    [Fact]
    public void All_options_are_before_those_of_the_client()
    {
        Sent ack = Ack(TestCore.ClientIPv4, "tencent-vpc", NetworkId, OptionBytes.Timestamps);
        ack.OptionList().Select(option => (int)option[0]).Should().Equal(200, 201, 202, 8);
        ack.Options.Should().HaveCount(24 + 12).And.EndWith(OptionBytes.Timestamps);
    }

    [Fact]
    public void Options_that_belong_together_are_inserted_together_or_not_at_all()
    {
        byte[] unknown = [77, 20, .. new byte[18]];
        Ack(TestCore.ClientIPv4, "tencent-vpc", NetworkId, unknown).Options.Should().Equal(unknown);
    }

    [Fact]
    public void The_servers_MSS_leaves_room_for_all_options()
    {
        Conversation conversation = new(CoreWith("tencent-vpc", TestCore.ClientIPv4), TestCore.ClientIPv4);
        conversation.SendSyn();
        conversation.SendSynAck(2, 4, 0x05, 0xb4).Options.Should().Equal([2, 4, 0x05, 0x9c], "1460 - 24 is 1436");
    }

    private static void Expect(IPEndPoint client, string format, string bytes) =>
        Convert.ToHexStringLower(Ack(client, format, NetworkId).Options).Should().Be(bytes.Replace(" ", ""));

    private static Sent Ack(IPEndPoint client, string format, uint networkId, params byte[] options)
    {
        Conversation conversation = new(CoreWith(format, client, networkId), client);
        conversation.SendSyn();
        conversation.SendSynAck();
        return conversation.SendAck(options);
    }

    private static TestCore CoreWith(string format, IPEndPoint client, uint networkId = 0) => TestCore.With(listener =>
    {
        if (listener.VirtualAddress.AddressFamily != client.AddressFamily)
            return;
        listener.Format = ToaOptionFormat.Parse(format);
        listener.NetworkId = networkId;
    });
}
