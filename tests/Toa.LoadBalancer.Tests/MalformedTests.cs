using System;
using System.Buffers.Binary;
using System.Linq;
using System.Net;
using FluentAssertions;
using Toa.LoadBalancing.Tests.Support;
using Xunit;

namespace Toa.LoadBalancing.Tests;

/// <summary>Malformed and unsupported packets: the balancer drops and counts them, and does nothing else.</summary>
public sealed class MalformedTests
{
    private readonly TestCore _core = new();

    public static TheoryData<string> Packets => ["client IPv4", "client IPv6", "server", "ICMP", "ICMPv6"];

    [Theory]
    [MemberData(nameof(Packets))]
    public void Every_truncation_is_dropped(string name)
    {
        byte[] packet = Sample(name);
        for (int length = 0; length < packet.Length; length++)
        {
            long before = Drops();
            _core.Send(packet[..length]).Should().BeEmpty();
            Drops().Should().Be(before + 1);
        }

        _core.Send(packet).Should().ContainSingle("it is sound when it is whole");
    }

    /// <summary>
    /// The lengths in the packet fit the truncated packet, so that the truncation is detected in a later check.
    /// </summary>
    [Theory]
    [MemberData(nameof(Packets))]
    public void Every_truncation_with_fitting_lengths_is_survived(string name)
    {
        byte[] packet = Sample(name);
        bool isIPv4 = packet[0] >> 4 == 4;
        int header = isIPv4 ? 20 : 40;
        for (int length = header; length < packet.Length; length++)
        {
            byte[] cut = packet[..length];
            if (isIPv4)
                BinaryPrimitives.WriteUInt16BigEndian(cut.AsSpan(2), (ushort)length);
            else
                BinaryPrimitives.WriteUInt16BigEndian(cut.AsSpan(4), (ushort)(length - header));
            Process(Repair(cut));
        }
    }

    [Theory]
    [MemberData(nameof(Packets))]
    public void Every_flipped_bit_is_survived(string name)
    {
        byte[] packet = Sample(name);
        for (int bit = 0; bit < packet.Length * 8; bit++)
        {
            byte[] damaged = [.. packet];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Process(damaged);
            Process(Repair(damaged));
        }
    }

    [Theory]
    [MemberData(nameof(Packets))]
    public void Every_value_of_every_header_byte_is_survived(string name)
    {
        byte[] packet = Sample(name);
        for (int at = 0; at < Math.Min(packet.Length, 90); at++)
        {
            for (int value = 0; value < 256; value++)
            {
                byte[] damaged = [.. packet];
                damaged[at] = (byte)value;
                Process(Repair(damaged));
            }
        }
    }

    [Fact]
    public void Other_IP_versions_and_header_lengths()
    {
        _core.Drop([0x50, .. Sample("client IPv4")[1..]], DropReason.BadIPHeader);
        _core.Drop(Changed("client IPv4", packet => packet[0] = 0x44), DropReason.BadIPHeader);
        _core.Drop(Changed("client IPv4", packet => packet[3] = 19), DropReason.BadIPHeader);
        _core.Drop(Changed("client IPv4", packet => packet[2] = 0xff), DropReason.Truncated);
        _core.Drop(Changed("client IPv4", packet => packet[0] = 0x46), DropReason.IPOptions);
    }

    [Fact]
    public void A_wrong_IPv4_checksum()
    {
        byte[] packet = Sample("client IPv4");
        packet[10] ^= 1;
        _core.Drop(packet, DropReason.BadIPChecksum);
    }

    [Fact]
    public void Fragments()
    {
        _core.Drop(Changed("client IPv4", packet => packet[6] = 0x20), DropReason.Fragment);
        _core.Drop(Changed("client IPv4", packet => packet[7] = 0x01), DropReason.Fragment);
        _core.Drop(Changed("server", packet => packet[6] = 0x20), DropReason.Fragment);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(43)]
    [InlineData(44)]
    [InlineData(60)]
    public void IPv6_extension_headers(byte header) =>
        _core.Drop(Changed("client IPv6", packet => packet[6] = header), DropReason.ExtensionHeader);

    [Fact]
    public void Other_protocols()
    {
        _core.Drop(Changed("client IPv4", packet => packet[9] = 17), DropReason.NotTcp);
        _core.Drop(Changed("client IPv4", packet => packet[9] = 58), DropReason.NotTcp);
        _core.Drop(Changed("client IPv6", packet => packet[6] = 17), DropReason.NotTcp);
        _core.Drop(Changed("client IPv6", packet => packet[6] = 1), DropReason.NotTcp);
    }

    [Fact]
    public void Packets_for_somebody_else()
    {
        _core.Drop(Changed("client IPv4", packet => packet[19] ^= 1), DropReason.NotOurs);
        _core.Drop(Changed("client IPv6", packet => packet[39] ^= 2), DropReason.NotOurs);
        _core.Drop(Changed("server", packet => packet[19] ^= 1), DropReason.NotOurs);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("127.0.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("ff02::1")]
    public void Sources_that_are_nobodys(string address)
    {
        byte[] source = IPAddress.Parse(address).GetAddressBytes();
        byte[] packet = source.Length == 4
            ? Changed("client IPv4", packet => source.CopyTo(packet, 12))
            : Changed("client IPv6", packet => source.CopyTo(packet, 8));
        _core.Drop(packet, DropReason.BadAddress);
    }

    [Fact]
    public void Mapped_addresses_on_the_wire()
    {
        byte[] mapped = IPAddress.Parse("::ffff:192.0.2.10").GetAddressBytes();
        _core.Drop(Changed("client IPv6", packet => mapped.CopyTo(packet, 8)), DropReason.BadAddress);
        _core.Drop(Changed("client IPv6", packet => mapped.CopyTo(packet, 24)), DropReason.BadAddress);
    }

    [Fact]
    public void Port_0()
    {
        _core.Drop(Changed("client IPv4", packet => packet[20] = packet[21] = 0), DropReason.BadAddress);
        _core.Drop(Changed("client IPv4", packet => packet[22] = packet[23] = 0), DropReason.BadAddress);
    }

    [Fact]
    public void Hops_that_are_used_up()
    {
        foreach (byte hops in (byte[])[0, 1])
        {
            _core.Drop(Changed("client IPv4", packet => packet[8] = hops), DropReason.HopLimit);
            _core.Drop(Changed("client IPv6", packet => packet[7] = hops), DropReason.HopLimit);
            _core.Drop(Changed("server", packet => packet[8] = hops), DropReason.HopLimit);
        }
    }

    [Fact]
    public void TCP_headers_of_an_impossible_length()
    {
        for (int words = 0; words < 5; words++)
            _core.Drop(Changed("client IPv4", packet => packet[32] = (byte)(words << 4)), DropReason.BadTcpHeader);
        _core.Drop(Changed("client IPv4", packet => packet[32] = 0xf0), DropReason.BadTcpHeader);
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x01)]
    [InlineData(0x03)]
    [InlineData(0x06)]
    [InlineData(0x08)]
    [InlineData(0x29)]
    [InlineData(0x3f)]
    public void Flags_that_exclude_each_other(byte flags) =>
        _core.Drop(Changed("client IPv4", packet => packet[33] = flags), DropReason.BadTcpFlags);

    [Theory]
    [InlineData(2, 0, 5, 180)]
    [InlineData(2, 1, 5, 180)]
    [InlineData(2, 5, 5, 180)]
    [InlineData(1, 1, 1, 2)]
    [InlineData(8, 3, 0, 254)]
    public void Options_that_cannot_be(byte a, byte b, byte c, byte d)
    {
        Conversation conversation = new(_core, TestCore.ClientIPv4);
        _core.Drop((conversation.Syn() with { Options = [a, b, c, d] }).ToBytes(), DropReason.BadTcpOptions);
        conversation.SendSyn();
        _core.Drop((conversation.SynAck() with { Options = [a, b, c, d] }).ToBytes(), DropReason.BadTcpOptions);
    }

    [Fact]
    public void What_a_link_layer_put_behind_a_packet_is_cut()
    {
        Sent sent = _core.Send([.. Sample("client IPv4"), 0, 0, 0]).Should().ContainSingle().Subject;
        sent.Payload.Should().HaveCount(3);
    }

    private long Drops() => _core.Counters.PacketsDropped.Values.Sum();

    /// <summary>Expects no exception, and no sent packet that is larger than the MTU.</summary>
    private void Process(byte[] packet)
    {
        foreach (byte[] sent in _core.SendUnread(packet))
            sent.Length.Should().BeInRange(40, 1500);
    }

    private byte[] Changed(string name, Action<byte[]> change)
    {
        byte[] packet = Sample(name);
        change(packet);
        return Repair(packet);
    }

    /// <summary>
    /// Corrects the checksums of an IPv4 header and an ICMP message, so that a change is detected in a later check.
    /// </summary>
    private static byte[] Repair(byte[] packet)
    {
        packet = [.. packet];
        if (packet.Length >= 20 && packet[0] >> 4 == 4)
        {
            int header = Math.Min((packet[0] & 0xf) * 4, packet.Length);
            if (header >= 20)
                Checksum.Write(packet.AsSpan(0, header), 10, 0);
            if (packet[9] == 1 && packet.Length >= header + 8)
                Checksum.Write(packet.AsSpan(header), 2, 0);
        }
        else if (packet.Length >= 48 && packet[0] >> 4 == 6 && packet[6] == 58)
        {
            Checksum.Write(packet.AsSpan(40), 2, Checksum.Sum(packet.AsSpan(8, 32)) + 58 + packet.Length - 40);
        }

        return packet;
    }

    /// <summary>A packet of each kind that the balancer forwards.</summary>
    private byte[] Sample(string name)
    {
        Conversation ipv4 = new(_core, TestCore.ClientIPv4);
        Conversation ipv6 = new(_core, TestCore.ClientIPv6);
        ipv4.SendSyn();
        ipv6.SendSyn();
        return name switch
        {
            "client IPv4" => (ipv4.FromClient() with { Options = OptionBytes.Timestamps, Payload = [1, 2, 3] }).ToBytes(),
            "client IPv6" => (ipv6.FromClient() with { Options = OptionBytes.Timestamps, Payload = [1, 2, 3] }).ToBytes(),
            "server" => (ipv6.FromServer() with { Options = OptionBytes.Timestamps, Payload = [1, 2, 3] }).ToBytes(),
            "ICMP" => IcmpPackets.IPv4(
                IPAddress.Parse("10.0.0.9"), ipv6.Source.Address, 3, 1, 0, Quoted(ipv6.Source, ipv6.Server)),
            "ICMPv6" => IcmpPackets.IPv6(
                IPAddress.Parse("2001:db8::9"), TestCore.VirtualIPv6.Address, 1, 0, 0, Quoted(TestCore.VirtualIPv6, ipv6.Client)),
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };
    }

    private static byte[] Quoted(IPEndPoint source, IPEndPoint destination) =>
        new Segment { Source = source, Destination = destination, Ack = true }.ToBytes();
}
