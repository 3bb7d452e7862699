using System;
using System.Net;
using FluentAssertions;
using Toa.Internal;
using Toa.Interop;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Lookup;

/// <summary>The parsing of a connection's saved SYN.</summary>
public sealed class SavedSynTests
{
    private const int Rounds = 50_000;

    private static readonly IPEndPoint Balancer = IPEndPoint.Parse("198.51.100.7:1024");
    private static readonly IPEndPoint IPv6Balancer = IPEndPoint.Parse("[2001:db8:ba::7]:1024");
    private static readonly IPEndPoint Client = IPEndPoint.Parse("192.0.2.10:5555");
    private static readonly IPEndPoint IPv6Client = IPEndPoint.Parse("[2001:db8::1]:40000");
    private static readonly IPEndPoint Other = IPEndPoint.Parse("203.0.113.66:6666");

    // Maximum segment size, SACK permitted and timestamps, which every SYN has.
    private static readonly byte[] Usual = [2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0];

    [Fact]
    public void An_IPv4_option_names_the_client()
    {
        byte[] packet = Syn.Packet(Balancer, [.. Syn.Option(200, Client), .. Usual]);

        ToaResolution found = Read(packet, mapped: true);
        found.Client.ToIPEndPoint().Should().Be(Client);
        found.Client.Source.Should().Be(ToaSource.IPv4Option);
        found.Client.IsIPv4MappedToIPv6.Should().BeTrue();
        found.TransportPeer.ToIPEndPoint().Should().Be(Balancer);
        found.TransportPeer.Source.Should().Be(ToaSource.TransportPeer);
        found.FallbackReason.Should().Be(ToaFallbackReason.None);
        found.Format.Should().Be(ToaFormat.IPv4);
    }

    [Fact]
    public void An_IPv6_option_names_the_client()
    {
        byte[] packet = Syn.Packet(Balancer, [1, 1, .. Usual, .. Syn.Option(253, IPv6Client)]);

        ToaResolution found = Read(packet);
        found.Client.ToIPEndPoint().Should().Be(IPv6Client);
        found.Client.Source.Should().Be(ToaSource.IPv6Option);
        found.Format.Should().Be(ToaFormat.IPv6);
    }

    [Fact]
    public void Options_and_extensions_of_IP_are_passed_over()
    {
        byte[] routerAlert = [148, 4, 0, 0];
        // 8 bytes of hop-by-hop options, then 16 bytes of destination options, then TCP.
        byte[] extensions = [60, 0, 5, 2, 0, 0, 1, 0, 6, 1, 1, 12, .. new byte[12]];

        foreach (byte[] packet in new[]
        {
            Syn.Packet(Balancer, Syn.Option(200, Client), routerAlert),
            Syn.Packet(IPv6Balancer, Syn.Option(200, Client), extensions),
            Syn.Packet(IPv6Balancer, Syn.Option(200, Client)),
        })
        {
            ToaResolution found = Read(packet);
            found.Client.ToIPEndPoint().Should().Be(Client);
            found.TransportPeer.ToIPEndPoint().Should().Be(packet[0] >> 4 == 4 ? Balancer : IPv6Balancer);
        }
    }

    [Fact]
    public void The_first_one_wins()
    {
        byte[] packet = Syn.Packet(Balancer, [.. Syn.Option(200, Client), .. Syn.Option(200, Other)]);

        Read(packet).Client.ToIPEndPoint().Should().Be(Client);
    }

    [Theory]
    [InlineData("0204 05b4")]
    [InlineData("c807 15b3 c000 02")] // too short for its format
    [InlineData("fd08 15b3 c000 020a")] // the other kind's length
    [InlineData("00c8 0815 b3c0 0002 0a00")] // after the end of the list
    [InlineData("0201 c808 15b3 c000 020a")] // after a length below two
    [InlineData("02ff c808 15b3 c000 020a")] // after an option that exceeds the header
    [InlineData("c8")]
    [InlineData("c808 15b3 7f00 0001")] // loopback
    [InlineData("c808 15b3 e000 0001")] // multicast
    [InlineData("c808 0000 c000 020a")] // port 0
    public void There_is_no_client_but_the_peer_where(string options)
    {
        byte[] packet = Syn.Packet(Balancer, Convert.FromHexString(options.Replace(" ", "")));

        ToaResolution found = Read(packet);
        found.TransportPeer.ToIPEndPoint().Should().Be(Balancer);
        found.Client.Should().Be(found.TransportPeer);
        found.Client.Source.Should().Be(ToaSource.TransportPeer);
        found.FallbackReason.Should().Be(ToaFallbackReason.NoOption);
        found.Format.Should().Be(ToaFormat.None);
    }

    [Fact]
    public void Every_packet_that_is_cut_short_is_none()
    {
        foreach (IPEndPoint balancer in new[] { Balancer, IPv6Balancer })
        {
            byte[] packet = Syn.Packet(balancer, [.. Syn.Option(253, IPv6Client), .. Usual]);
            for (int length = 0; length < packet.Length; length++)
                SavedSyn.TryRead(packet.AsSpan(0, length), false, FormatSet.Default, out _).Should().BeFalse($"only {length} bytes are there");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void No_bytes_make_it_throw_or_invent_a_client(int seed)
    {
        Random random = new(seed);
        int found = 0;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] packet = Syn.Packet(
                random.Next(2) == 0 ? Balancer : IPv6Balancer,
                [.. Syn.Option(random.Next(2) == 0 ? (byte)200 : (byte)253, random.Next(2) == 0 ? Client : IPv6Client), .. Usual]);
            for (int flips = random.Next(4); flips > 0; flips--)
                packet[random.Next(packet.Length)] = (byte)random.Next(256);

            SavedSyn.TryRead(packet.AsSpan(0, random.Next(packet.Length + 1)), false, FormatSet.Default, out ToaResolution read);
            ToaEndPoint client = read.Client;
            if (client.Source is ToaSource.None or ToaSource.TransportPeer)
                continue;
            found++;
            client.CanBeClient(hasPort: true).Should().BeTrue();
            packet.AsSpan().IndexOf(client.ToIPAddress().GetAddressBytes()).Should().BePositive();
        }

        found.Should().BePositive();
    }

    private static ToaResolution Read(byte[] packet, bool mapped = false)
    {
        SavedSyn.TryRead(packet, mapped, FormatSet.Default, out ToaResolution found).Should().BeTrue();
        return found;
    }
}
