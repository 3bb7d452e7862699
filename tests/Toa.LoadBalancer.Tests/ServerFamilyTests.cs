using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using FluentAssertions;
using PacketDotNet;
using Toa.LoadBalancing.Tests.Support;
using Xunit;

namespace Toa.LoadBalancing.Tests;

/// <summary>IPv6 servers, for clients of both families.</summary>
public sealed class ServerFamilyTests
{
    private static readonly IPAddress s_source = IPAddress.Parse("fd00:64::1");
    private static readonly IPAddress s_router = IPAddress.Parse("fd00:10::fe");
    private static readonly IPAddress s_clientRouter = IPAddress.Parse("192.0.2.254");

    private readonly TestCore _core = TestCore.WithIPv6Servers();

    [Fact]
    public void NAT66_changes_addresses_and_keeps_the_header()
    {
        Conversation conversation = new(_core, TestCore.ClientIPv6);
        byte[] syn = (conversation.Syn() with { TrafficClass = 0xb9, HopLimit = 33 }).ToBytes();
        // The flow label, which has no setter in PacketDotNet.
        (syn[1], syn[2], syn[3]) = ((byte)(syn[1] | 0x0a), 0xbc, 0xde);

        Sent sent = _core.Send(syn).Single();
        sent.Source.Address.Should().Be(s_source);
        sent.Destination.Should().Be(TestCore.ServerIPv6);
        sent.IPv6.HopLimit.Should().Be(32);
        sent.IPv6.TrafficClass.Should().Be(0xb9);
        sent.IPv6.FlowLabel.Should().Be(0xabcde);
    }

    [Fact]
    public void NAT46_gives_an_IPv4_client_an_IPv6_header()
    {
        Conversation conversation = new(_core, TestCore.ClientIPv4);
        Sent sent = _core.Pass(conversation.Syn() with { Options = OptionBytes.LinuxSyn(1460), TrafficClass = 0xb9, HopLimit = 33 });
        sent.Source.Address.Should().Be(s_source);
        sent.Destination.Should().Be(TestCore.ServerIPv6);
        sent.IPv6.HopLimit.Should().Be(32);
        sent.IPv6.TrafficClass.Should().Be(0xb9);
        sent.IPv6.FlowLabel.Should().Be(0, "RFC 7915");
    }

    [Fact]
    public void Options_name_the_client_in_its_own_family()
    {
        Conversation ipv4 = Conversation.Open(_core, TestCore.ClientIPv4);
        ipv4.SendData(100).FindClient(200, 8).Should().Be(TestCore.ClientIPv4);
        Conversation ipv6 = Conversation.Open(_core, TestCore.ClientIPv6);
        ipv6.SendData(100).FindClient(253, 20).Should().Be(TestCore.ClientIPv6);
    }

    public static TheoryData<string> Clients => [TestCore.ClientIPv4.ToString(), TestCore.ClientIPv6.ToString()];

    [Theory]
    [MemberData(nameof(Clients))]
    public void Answers_and_data_pass(string client)
    {
        Conversation conversation = Conversation.Open(_core, IPEndPoint.Parse(client));
        conversation.SendData(1200).Payload.Should().HaveCount(1200);
        Sent answer = _core.Pass(conversation.FromServer() with { Payload = new byte[1200] });
        answer.Source.Should().Be(conversation.VirtualAddress);
        answer.Destination.Should().Be(conversation.Client);
        answer.Payload.Should().HaveCount(1200);
    }

    [Theory]
    [InlineData(1400, 1400 - 20 - 8)]
    [InlineData(1500, 1500 - 20 - 8)]
    [InlineData(900, 1280 - 20 - 8)]
    public void A_smaller_path_to_the_server_is_told_to_an_IPv4_client(uint mtu, int told)
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv4);
        Sent sent = FromServerSide(conversation, 2, 0, mtu, conversation.SendData(1400));
        ((IcmpV4Packet)sent.IP.PayloadPacket).TypeCode.Should().Be(IcmpV4TypeCode.UnreachableFragmentationNeeded);
        sent.IP.SourceAddress.Should().Be(TestCore.VirtualIPv4.Address);
        sent.IP.DestinationAddress.Should().Be(TestCore.ClientIPv4.Address);
        Rest(sent).Should().Be((uint)told);
    }

    [Fact]
    public void A_smaller_path_to_the_server_is_told_to_an_IPv6_client()
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv6);
        Sent sent = FromServerSide(conversation, 2, 0, 1400, conversation.SendData(1300));
        ((IcmpV6Packet)sent.IP.PayloadPacket).Type.Should().Be(IcmpV6Type.PacketTooBig);
        Rest(sent).Should().Be(1400 - 20, "the option needs room, the header does not change");
        IPv6Packet quoted = (IPv6Packet)Packet.ParsePacket(LinkLayers.Raw, sent.Bytes[48..]).PayloadPacket;
        (quoted.SourceAddress, quoted.DestinationAddress).Should().Be((TestCore.ClientIPv6.Address, TestCore.VirtualIPv6.Address));
    }

    [Fact]
    public void A_smaller_path_to_an_IPv4_client_is_told_to_the_server()
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv4);
        Sent answer = _core.Pass(conversation.FromServer() with { Payload = new byte[1400] });
        Sent sent = _core.Send(IcmpPackets.IPv4(s_clientRouter, TestCore.VirtualIPv4.Address, 3, 4, 1400, answer.Bytes)).Single();
        ((IcmpV6Packet)sent.IP.PayloadPacket).Type.Should().Be(IcmpV6Type.PacketTooBig);
        sent.IP.SourceAddress.Should().Be(s_source);
        sent.IP.DestinationAddress.Should().Be(TestCore.ServerIPv6.Address);
        Rest(sent).Should().Be(1420, "the server's header is longer");
    }

    [Fact]
    public void Unreachable_servers_are_told_as_such()
    {
        Conversation ipv4 = new(_core, TestCore.ClientIPv4);
        Sent sent = FromServerSide(ipv4, 1, 4, 0, Opened(ipv4));
        ((IcmpV4Packet)sent.IP.PayloadPacket).TypeCode.Should().Be(IcmpV4TypeCode.UnreachablePort);

        Conversation ipv6 = new(_core, TestCore.ClientIPv6);
        // The first byte of the rest is the length of RFC 4884, which no longer holds.
        sent = FromServerSide(ipv6, 1, 4, 0x0a000000, Opened(ipv6));
        IcmpV6Packet icmp = (IcmpV6Packet)sent.IP.PayloadPacket;
        (icmp.Type, icmp.Code).Should().Be((IcmpV6Type.DestinationUnreachable, (byte)4));
        Rest(sent).Should().Be(0);
    }

    [Fact]
    public void Servers_of_both_families_stand_behind_one_address()
    {
        TestCore core = new(options =>
        {
            options.SourceAddresses.Add(AddressPrefix.Parse("fd00:64::1/128"));
            options.Listeners[0].BackEnds.Add(new BackEndOptions { Address = TestCore.ServerIPv6 });
        });
        List<IPEndPoint> servers =
        [
            .. Enumerable.Range(1, 4).Select(i => core.Pass(
                new Conversation(core, new IPEndPoint(TestCore.ClientIPv4.Address, 40000 + i)).Syn()).Destination),
        ];
        servers.Should().Equal(TestCore.Server, TestCore.ServerIPv6, TestCore.Server, TestCore.ServerIPv6);
    }

    private Sent Opened(Conversation conversation)
    {
        Sent syn = _core.Pass(conversation.Syn());
        conversation.Take(syn);
        return syn;
    }

    private Sent FromServerSide(Conversation conversation, byte type, byte code, uint rest, Sent quoted) =>
        _core.Send(IcmpPackets.IPv6(s_router, conversation.Source.Address, type, code, rest, quoted.Bytes)).Single();

    private static uint Rest(Sent sent) =>
        BinaryPrimitives.ReadUInt32BigEndian(sent.IP.PayloadPacket.Bytes.AsSpan(4));
}
