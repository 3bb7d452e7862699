using System;
using System.Buffers.Binary;
using System.Linq;
using System.Net;
using FluentAssertions;
using PacketDotNet;
using Toa.LoadBalancing.Tests.Support;
using Xunit;

namespace Toa.LoadBalancing.Tests;

/// <summary>ICMP errors from routers and hosts about packets that the balancer sent.</summary>
public sealed class IcmpTests
{
    private static readonly IPAddress s_routerIPv4 = IPAddress.Parse("10.0.0.254");
    private static readonly IPAddress s_routerIPv6 = IPAddress.Parse("2001:db8::fe");

    private readonly TestCore _core = new();

    [Theory]
    [InlineData(1400, 1400)]
    [InlineData(1500, 1500)]
    [InlineData(1280, 1280)]
    [InlineData(600, 1280)]
    public void Too_big_for_the_servers_path_is_told_to_an_IPv6_client(int mtu, int told)
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv6);
        Sent big = conversation.SendData(1420);
        Sent sent = FromServerSide(conversation, 3, 4, (uint)mtu, big);

        IcmpV6Packet icmp = (IcmpV6Packet)sent.IP.PayloadPacket;
        sent.IP.SourceAddress.Should().Be(TestCore.VirtualIPv6.Address);
        sent.IP.DestinationAddress.Should().Be(TestCore.ClientIPv6.Address);
        icmp.Type.Should().Be(IcmpV6Type.PacketTooBig);
        Rest(sent).Should().Be((uint)told, "20 more for the header, and 20 less for the option");

        byte[] quoted = sent.Bytes[48..];
        IPv6Packet original = (IPv6Packet)Packet.ParsePacket(LinkLayers.Raw, quoted).PayloadPacket;
        original.SourceAddress.Should().Be(TestCore.ClientIPv6.Address);
        original.DestinationAddress.Should().Be(TestCore.VirtualIPv6.Address);
        TransportPorts(quoted[40..]).Should().Be((TestCore.ClientIPv6.Port, TestCore.VirtualIPv6.Port));
        BinaryPrimitives.ReadUInt32BigEndian(quoted.AsSpan(44)).Should().Be(big.Tcp.SequenceNumber, "the client looks for it");
        sent.Bytes.Length.Should().BeLessThanOrEqualTo(1280);
    }

    [Theory]
    [InlineData(1400, 1392)]
    [InlineData(600, 592)]
    [InlineData(100, 552)]
    public void Too_big_for_the_servers_path_is_told_to_an_IPv4_client(int mtu, int told)
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv4);
        Sent sent = FromServerSide(conversation, 3, 4, (uint)mtu, conversation.SendData(1440));
        ((IcmpV4Packet)sent.IP.PayloadPacket).TypeCode.Should().Be(IcmpV4TypeCode.UnreachableFragmentationNeeded);
        sent.IP.SourceAddress.Should().Be(TestCore.VirtualIPv4.Address);
        Rest(sent).Should().Be((uint)told);
        sent.Bytes.Length.Should().BeLessThanOrEqualTo(576);
        ReadQuotedIPv4(sent).Should().Be((TestCore.ClientIPv4, TestCore.VirtualIPv4));
    }

    [Fact]
    public void A_router_that_names_no_MTU_means_the_next_smaller_one()
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv4);
        Rest(FromServerSide(conversation, 3, 4, 0, conversation.SendData(1452))).Should().Be(1492 - 8);
        Rest(FromServerSide(conversation, 3, 4, 0, conversation.SendData(1400))).Should().Be(1006 - 8);
    }

    [Fact]
    public void A_smaller_path_is_remembered_for_the_option()
    {
        Conversation conversation = new(_core, TestCore.ClientIPv6);
        conversation.SendSyn();
        conversation.SendSynAck();
        Sent first = conversation.SendData(1400);
        first.FindClient(253, 20).Should().NotBeNull();
        FromServerSide(conversation, 3, 4, 1430, first);

        conversation.SendData(1400).FindClient(253, 20).Should().BeNull("it would not get through");
        conversation.SendData(1370).FindClient(253, 20).Should().NotBeNull();
        _core.Counters.OptionsSkipped[InsertionSkip.Mtu].Should().Be(1);
    }

    [Theory]
    [InlineData(1400, 1380)]
    [InlineData(1280, 1260)]
    [InlineData(9000, 8980)]
    [InlineData(70000, 65535)]
    public void Too_big_for_the_clients_path_is_told_to_the_server(uint mtu, int told)
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv6);
        Sent sent = FromClientSide(conversation, 2, 0, mtu, conversation.SendServerData(1440));
        ((IcmpV4Packet)sent.IP.PayloadPacket).TypeCode.Should().Be(IcmpV4TypeCode.UnreachableFragmentationNeeded);
        sent.IP.SourceAddress.Should().Be(conversation.Source.Address);
        sent.IP.DestinationAddress.Should().Be(TestCore.Server.Address);
        Rest(sent).Should().Be((uint)told);
        ReadQuotedIPv4(sent).Should().Be((TestCore.Server, conversation.Source));
        BinaryPrimitives.ReadUInt32BigEndian(sent.Bytes.AsSpan(28 + 24)).Should().Be(5001);
    }

    [Fact]
    public void Too_big_for_an_IPv4_clients_path_is_told_to_the_server()
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv4);
        Sent sent = FromClientSide(conversation, 3, 4, 1400, conversation.SendServerData(1440));
        Rest(sent).Should().Be(1400, "no option goes that way");
        ReadQuotedIPv4(sent).Should().Be((TestCore.Server, conversation.Source));
    }

    [Fact]
    public void A_packet_that_grows_too_big_for_IPv6_is_answered()
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv6);
        Sent answer = _core.Pass(conversation.FromServer() with { Payload = new byte[1441] });
        ((IcmpV4Packet)answer.IP.PayloadPacket).TypeCode.Should().Be(IcmpV4TypeCode.UnreachableFragmentationNeeded);
        answer.IP.DestinationAddress.Should().Be(TestCore.Server.Address);
        Rest(answer).Should().Be(1480);
        ReadQuotedIPv4(answer).Should().Be((TestCore.Server, conversation.Source));
        _core.Dropped(DropReason.TooBig).Should().Be(1);
        conversation.SendServerData(1440).Bytes.Should().HaveCount(1500);
    }

    [Theory]
    [InlineData(true, 1461, 1500)]
    [InlineData(false, 1461, 1520)]
    public void A_clients_packet_that_is_too_big_is_answered(bool isIPv4, int payload, uint told)
    {
        Conversation conversation = Conversation.Open(_core, isIPv4 ? TestCore.ClientIPv4 : TestCore.ClientIPv6);
        Sent answer = _core.Pass(conversation.FromClient() with { Payload = new byte[payload] });
        answer.IP.SourceAddress.Should().Be(conversation.VirtualAddress.Address);
        answer.IP.DestinationAddress.Should().Be(conversation.Client.Address);
        Rest(answer).Should().Be(told);
        _core.Dropped(DropReason.TooBig).Should().Be(1);
    }

    [Theory]
    [InlineData(3, 0, 1, 0)]
    [InlineData(3, 1, 1, 0)]
    [InlineData(3, 2, 4, 1)]
    [InlineData(3, 3, 1, 4)]
    [InlineData(3, 5, 1, 0)]
    [InlineData(3, 6, 1, 0)]
    [InlineData(3, 7, 1, 0)]
    [InlineData(3, 8, 1, 0)]
    [InlineData(3, 9, 1, 1)]
    [InlineData(3, 10, 1, 1)]
    [InlineData(3, 11, 1, 0)]
    [InlineData(3, 12, 1, 0)]
    [InlineData(3, 13, 1, 1)]
    [InlineData(3, 15, 1, 1)]
    [InlineData(11, 0, 3, 0)]
    [InlineData(11, 1, 3, 1)]
    public void ICMP_becomes_ICMPv6(byte type, byte code, byte typeIPv6, byte codeIPv6)
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv6);
        Sent sent = FromServerSide(conversation, type, code, 0, conversation.SendData(10));
        sent.Bytes[40..42].Should().Equal(typeIPv6, codeIPv6);
        Rest(sent).Should().Be(typeIPv6 == 4 ? 6u : 0);
        sent.IPv6.HopLimit.Should().Be(63);
        _core.Counters.IcmpTranslated.Should().Be(1);
    }

    [Theory]
    [InlineData(1, 0, 3, 1)]
    [InlineData(1, 1, 3, 10)]
    [InlineData(1, 2, 3, 1)]
    [InlineData(1, 3, 3, 1)]
    [InlineData(1, 4, 3, 3)]
    [InlineData(3, 0, 11, 0)]
    [InlineData(3, 1, 11, 1)]
    [InlineData(4, 1, 3, 2)]
    public void ICMPv6_becomes_ICMP(byte type, byte code, byte typeIPv4, byte codeIPv4)
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv6);
        Sent sent = FromClientSide(conversation, type, code, 0, conversation.SendServerData(10));
        sent.Bytes[20..22].Should().Equal(typeIPv4, codeIPv4);
        Rest(sent).Should().Be(0);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 4)]
    [InlineData(3, 4)]
    [InlineData(8, 7)]
    [InlineData(9, 6)]
    [InlineData(13, 8)]
    [InlineData(19, 24)]
    public void Pointers_point_at_the_same_field(byte field, uint fieldIPv6)
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv6);
        Sent sent = FromServerSide(conversation, 12, 0, (uint)field << 24, conversation.SendData(10));
        sent.Bytes[40..42].Should().Equal(4, 0);
        Rest(sent).Should().Be(fieldIPv6);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4, 2)]
    [InlineData(6, 9)]
    [InlineData(7, 8)]
    [InlineData(10, 12)]
    [InlineData(39, 16)]
    public void Pointers_point_back_at_the_same_field(uint field, byte fieldIPv4)
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv6);
        Sent sent = FromClientSide(conversation, 4, 0, field, conversation.SendServerData(10));
        sent.Bytes[20..22].Should().Equal(12, 0);
        sent.Bytes[24].Should().Be(fieldIPv4);
    }

    [Theory]
    [InlineData(3, 14, 0)]
    [InlineData(12, 1, 0)]
    [InlineData(12, 0, 5)]
    [InlineData(12, 0, 20)]
    [InlineData(8, 0, 0)]
    [InlineData(0, 0, 0)]
    [InlineData(5, 0, 0)]
    public void What_has_no_counterpart_in_ICMPv6_is_dropped(byte type, byte code, byte field)
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv6);
        byte[] quoted = conversation.SendData(10).Bytes;
        _core.Drop(
            IcmpPackets.IPv4(s_routerIPv4, conversation.Source.Address, type, code, (uint)field << 24, quoted),
            DropReason.IcmpIgnored);
    }

    [Theory]
    [InlineData(1, 5, 0)]
    [InlineData(4, 2, 0)]
    [InlineData(4, 0, 2)]
    [InlineData(4, 0, 40)]
    [InlineData(128, 0, 0)]
    [InlineData(135, 0, 0)]
    public void What_has_no_counterpart_in_ICMP_is_dropped(byte type, byte code, uint field)
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv6);
        byte[] quoted = conversation.SendServerData(10).Bytes;
        _core.Drop(
            IcmpPackets.IPv6(s_routerIPv6, TestCore.VirtualIPv6.Address, type, code, field, quoted), DropReason.IcmpIgnored);
    }

    [Fact]
    public void Errors_between_IPv4_and_IPv4_stay_what_they_are()
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv4);
        foreach (byte code in (byte[])[0, 1, 3, 9, 14, 15])
        {
            Sent sent = FromServerSide(conversation, 3, code, 0, conversation.SendData(10));
            sent.Bytes[20..22].Should().Equal(3, code);
            ReadQuotedIPv4(sent).Should().Be((TestCore.ClientIPv4, TestCore.VirtualIPv4));
        }
    }

    [Fact]
    public void A_quoted_checksum_fits_the_quoted_segment_again()
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv4);
        conversation.SendServerData(1);
        conversation.SendAck();
        Segment data = conversation.FromClient() with { Payload = [1, 2, 3, 4, 5] };
        Sent sent = FromServerSide(conversation, 3, 1, 0, _core.Pass(data));
        TcpPacket tcp = (TcpPacket)Packet.ParsePacket(LinkLayers.Raw, sent.Bytes[28..]).PayloadPacket.PayloadPacket;
        tcp.ValidTcpChecksum.Should().BeTrue();
        ((IPv4Packet)tcp.ParentPacket).ValidIPChecksum.Should().BeTrue();
    }

    [Theory]
    [InlineData(28)]
    [InlineData(27)]
    [InlineData(24)]
    public void The_least_that_routers_quote_is_enough(int length)
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv6);
        byte[] quoted = conversation.SendData(1400).Bytes[..length];
        Sent sent = Sent.Read(_core.SendUnread(
            IcmpPackets.IPv4(s_routerIPv4, conversation.Source.Address, 3, 4, 1400, quoted)).Should().ContainSingle().Subject);
        sent.Bytes.Should().HaveCount(48 + 40 + length - 20);
    }

    [Fact]
    public void Less_than_the_ports_is_not_enough()
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv6);
        byte[] quoted = conversation.SendData(1400).Bytes[..23];
        _core.Drop(IcmpPackets.IPv4(s_routerIPv4, conversation.Source.Address, 3, 4, 1400, quoted), DropReason.BadIcmp);
    }

    [Fact]
    public void What_routers_append_is_not_taken_for_the_packet()
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv4);
        byte[] quoted = [.. conversation.SendData(200).Bytes[..128], 0x20, 0, 0, 0, 1, 2, 3, 4];
        byte[] packet = IcmpPackets.IPv4(s_routerIPv4, conversation.Source.Address, 11, 0, 32 << 16, quoted);
        Sent sent = _core.Send(packet).Should().ContainSingle().Subject;
        sent.Bytes.Should().HaveCount(28 + 128);
        Rest(sent).Should().Be(0);
    }

    [Fact]
    public void A_wrong_checksum()
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv6);
        byte[] packet = IcmpPackets.IPv4(s_routerIPv4, conversation.Source.Address, 3, 1, 0, conversation.SendData(9).Bytes);
        packet[^1] ^= 1;
        _core.Drop(packet, DropReason.BadIcmp);
    }

    [Fact]
    public void Errors_about_what_the_balancer_never_sent()
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv6);
        Segment other = new() { Source = new(conversation.Source.Address, 9), Destination = TestCore.Server, Ack = true };
        _core.Drop(
            IcmpPackets.IPv4(s_routerIPv4, conversation.Source.Address, 3, 1, 0, other.ToBytes()), DropReason.IcmpNoFlow);

        Segment reversed = new() { Source = TestCore.Server, Destination = conversation.Source, Ack = true };
        _core.Drop(
            IcmpPackets.IPv4(s_routerIPv4, conversation.Source.Address, 3, 1, 0, reversed.ToBytes()), DropReason.IcmpNoFlow);

        // The error is sent to a virtual address, but the packet in it was sent from a source address.
        _core.Drop(
            IcmpPackets.IPv4(s_routerIPv4, TestCore.VirtualIPv4.Address, 3, 1, 0, conversation.SendData(9).Bytes),
            DropReason.IcmpNoFlow);
    }

    [Fact]
    public void Quotes_of_other_protocols_and_of_fragments()
    {
        Conversation conversation = Conversation.Open(_core, TestCore.ClientIPv6);
        byte[] quoted = conversation.SendData(9).Bytes;
        foreach ((int at, byte value) in ((int, byte)[])[(9, 17), (6, 0x20), (7, 1), (0, 0x46), (0, 0x65)])
        {
            byte[] changed = [.. quoted];
            changed[at] = value;
            _core.Drop(
                IcmpPackets.IPv4(s_routerIPv4, conversation.Source.Address, 3, 1, 0, changed), DropReason.BadIcmp);
        }
    }

    private static uint Rest(Sent sent) =>
        BinaryPrimitives.ReadUInt32BigEndian(sent.Bytes.AsSpan(sent.IP is IPv4Packet ? 24 : 44));

    private static (int Source, int Destination) TransportPorts(byte[] segment) =>
        (BinaryPrimitives.ReadUInt16BigEndian(segment), BinaryPrimitives.ReadUInt16BigEndian(segment.AsSpan(2)));

    private static (IPEndPoint Source, IPEndPoint Destination) ReadQuotedIPv4(Sent sent)
    {
        byte[] quoted = sent.Bytes[28..];
        (int source, int destination) = TransportPorts(quoted[20..]);
        Checksum.Sum(quoted.AsSpan(0, 20)).Should().Be(0xffff);
        return (new(new IPAddress(quoted.AsSpan(12, 4)), source), new(new IPAddress(quoted.AsSpan(16, 4)), destination));
    }

    private Sent FromServerSide(Conversation conversation, byte type, byte code, uint rest, Sent about)
    {
        byte[] quoted = about.Bytes[..Math.Min(about.Bytes.Length, 548)];
        return _core.Send(IcmpPackets.IPv4(s_routerIPv4, conversation.Source.Address, type, code, rest, quoted))
            .Should().ContainSingle().Subject;
    }

    private Sent FromClientSide(Conversation conversation, byte type, byte code, uint rest, Sent about)
    {
        IPAddress service = conversation.VirtualAddress.Address;
        byte[] quoted = about.Bytes[..Math.Min(about.Bytes.Length, 1232)];
        return _core.Send(about.IP is IPv4Packet
            ? IcmpPackets.IPv4(s_routerIPv4, service, type, code, rest, [.. quoted.Take(548)])
            : IcmpPackets.IPv6(s_routerIPv6, service, type, code, rest, quoted)).Should().ContainSingle().Subject;
    }
}
