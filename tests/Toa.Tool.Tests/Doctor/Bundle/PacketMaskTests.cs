using System;
using System.Linq;
using System.Net;
using FluentAssertions;
using PacketDotNet;
using PacketDotNet.Utils;
using Toa.Tool.Capture;
using Toa.Tool.Doctor.Bundle;
using Toa.Tool.Formats;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Doctor.Bundle;

/// <summary>Addresses in the packets of a bundle.</summary>
public sealed class PacketMaskTests
{
    private static readonly IPEndPoint Balancer6 = IPEndPoint.Parse("[2001:db8:b::1]:1024"), Server6 = IPEndPoint.Parse("[2001:db8:5::1]:443");

    private readonly AddressMask _addresses = new();

    public static TheoryData<string, int> Options
    {
        get
        {
            TheoryData<string, int> all = [];
            foreach (string vendor in (string[])["tencent", "tencent-vpc", "alibaba-vpc", "alibaba-ddos", "akamai", "bytedance", "huawei", "ucloud"])
            {
                for (int at = 0; at < FormatSetting.Of(vendor)!.Words.Single().Options.Count; at++)
                    all.Add(vendor, at);
            }

            return all;
        }
    }

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "")]
    [InlineData(false, "data")]
    [InlineData(true, "data")]
    public void Addresses_are_replaced_and_checksums_are_right(bool isIPv6, string data)
    {
        IPEndPoint from = isIPv6 ? Balancer6 : TcpPackets.Balancer, to = isIPv6 ? Server6 : TcpPackets.Server;
        byte[] toa = TcpPackets.Option(253, "[2001:db8::77]:5555");
        byte[] packet = TcpPackets.Build(toa, from, to, data: data, sequence: 7), masked = Mask(packet, data.Length);

        masked.Should().HaveCount(packet.Length - data.Length);
        IPPacket ip = isIPv6 ? new IPv6Packet(new ByteArraySegment(masked)) : new IPv4Packet(new ByteArraySegment(masked));
        ip.SourceAddress.Should().Be(_addresses.Mask(from.Address));
        ip.DestinationAddress.Should().Be(_addresses.Mask(to.Address));
        if (ip is IPv4Packet ipv4)
            ipv4.ValidChecksum.Should().BeTrue();
        TcpPacket tcp = ip.Extract<TcpPacket>();
        (tcp.SourcePort, tcp.DestinationPort, tcp.SequenceNumber).Should().Be(((ushort)1024, (ushort)to.Port, 7u));
        masked[^20..].Should().Equal(
            [253, 20, .. toa[2..4], .. _addresses.Mask(IPAddress.Parse("2001:db8::77")).GetAddressBytes()]);
        if (data.Length > 0)
            tcp.Checksum.Should().Be(0);
        else
            tcp.ValidChecksum.Should().BeTrue();
    }

    [Fact]
    public void Options_of_IP_and_routes_become_zero()
    {
        byte[] plain = TcpPackets.Build([], Balancer6, Server6);
        byte[] route = [.. IPAddress.Parse("2001:db8:aaaa::1").GetAddressBytes()];
        // A routing header, and a fragment header.
        byte[] ipv6 =
        [
            .. plain[..6], 43, .. plain[7..40], 44, 2, 0, 1, 0, 0, 0, 0, .. route, 6, 0, 0, 0, 0x12, 0x34, 0x56, 0x78, .. plain[40..],
        ];
        byte[] plain4 = TcpPackets.Build([]);
        byte[] ipv4 = [0x47, .. plain4[1..20], 7, 7, 8, 192, 0, 2, 99, 0, .. plain4[20..]];

        byte[] masked6 = Mask(ipv6), masked4 = Mask(ipv4);

        masked6[40..72].Should().Equal([44, 2, .. new byte[22], 6, 0, 0, 0, 0x12, 0x34, 0x56, 0x78]);
        masked6[72..].Should().HaveCount(20);
        masked4[20..28].Should().Equal(new byte[8]);
        new IPv4Packet(new ByteArraySegment(masked4)).ValidChecksum.Should().BeTrue();
    }

    [Theory, MemberData(nameof(Options))]
    public void Only_ports_and_ids_stay_in_an_option(string vendor, int number)
    {
        FormatSetting setting = FormatSetting.Of(vendor)!;
        (byte kind, var format) = setting.Words.Single().Options[number];
        byte[] option = [kind, format.Length, .. Enumerable.Range(1, format.Length - 2).Select(at => (byte)(0x80 | at))];
        byte[] masked = [.. option];

        OptionMask.Apply(masked, setting, _addresses).Should().BeTrue();

        byte[] expected = new byte[option.Length];
        option.AsSpan(0, 2).CopyTo(expected);
        Copy(format.ClientPort, 2);
        Copy(format.VirtualPort, 2);
        Copy(format.NetworkId, format.NetworkIdSize);
        Address(format.Client);
        Address(format.VirtualAddress);
        masked.Should().Equal(expected);
        byte[] unset = [.. option];
        OptionMask.Apply(unset, null, _addresses).Should().BeTrue("the format is that of a vendor");

        void Copy(byte at, int size)
        {
            if (at > 0)
                option.AsSpan(at, size).CopyTo(expected.AsSpan(at));
        }

        void Address(byte at)
        {
            if (at > 0)
                _addresses.Mask(new IPAddress(option.AsSpan(at, format.AddressSize))).GetAddressBytes().CopyTo(expected, at);
        }
    }

    [Theory]
    [InlineData(2, 4, true)] // the segment size
    [InlineData(8, 10, true)] // timestamps
    [InlineData(30, 8, false)] // addresses of Multipath TCP
    [InlineData(34, 10, false)] // a cookie of Fast Open
    [InlineData(77, 9, false)] // unknown
    public void Other_options_become_zero_unless_TCP_knows_that_they_have_no_address(byte kind, byte length, bool stays)
    {
        byte[] value = [.. Enumerable.Range(1, length - 2).Select(at => (byte)(0x80 | at))], option = [kind, length, .. value];

        OptionMask.Apply(option, null, _addresses).Should().Be(stays);

        option.Should().Equal([kind, length, .. stays ? value : new byte[value.Length]]);
    }

    [Theory]
    [InlineData("c8ff0102c000020a", "c8ff000000000000")] // the length is too long
    [InlineData("01c801c000020a0a", "01c8010000000000")] // the length is too short
    [InlineData("00c000020a000000", "0000000000000000")] // behind the end of the list
    [InlineData("01010101010101c8", "01010101010101c8")] // without a length
    public void What_is_behind_a_malformed_option_becomes_zero(string options, string expected)
    {
        byte[] masked = Mask(TcpPackets.Build(Convert.FromHexString(options)));

        Convert.ToHexStringLower(masked[40..]).Should().Be(expected);
    }

    [Fact]
    public void No_real_address_is_in_random_packets()
    {
        Random random = new(1);
        byte[] client = IPAddress.Parse("203.0.113.201").GetAddressBytes();
        for (int round = 0; round < 3000; round++)
        {
            // Random options with the address at random places.
            byte[] options = new byte[40];
            random.NextBytes(options);
            for (int i = 0; i < 4; i++)
                client.CopyTo(options, random.Next(36));
            options[0] = (byte)random.Next(256);
            options[1] = (byte)random.Next(42);

            byte[] masked = Mask(TcpPackets.Build(options));

            masked.Should().HaveCount(80);
            masked.AsSpan(12, 4).ToArray().Should().Equal(_addresses.Mask(TcpPackets.Balancer.Address).GetAddressBytes());
            // TCP's own options (segment size, SACK, timestamps) and ports of known formats can have any bytes.
            if (options[0] is not (<= 5 or 8) && FormatWord.FormatsOf(options[0], options[1]).Count == 0)
                masked.AsSpan(40, Math.Clamp((int)options[1], 2, 40)).IndexOf(client).Should().Be(-1);
        }
    }

    private byte[] Mask(byte[] packet, int dataSize = 0) => new PacketMask(_addresses, FormatSetting.Default)
        .Apply(new KeptPacket(DateTimeOffset.UnixEpoch, packet[..^dataSize], packet.Length));
}
