using System;
using System.Linq;
using System.Net;
using FluentAssertions;
using Toa.Tool.Capture;
using Toa.Tool.Formats;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Capture;

/// <summary>The options that the capture finds in complete, truncated and random packets.</summary>
public sealed class CaptureLogTests
{
    private const string IPv4Client = "192.0.2.10:5555";
    private const string IPv6Client = "[2001:db8::1]:40000";

    private static readonly IPEndPoint IPv6Balancer = IPEndPoint.Parse("[2001:db8::7]:1025");
    private static readonly IPEndPoint IPv6Server = IPEndPoint.Parse("[2001:db8::2]:7001");

    [Theory]
    [InlineData(200, IPv4Client, 8)]
    [InlineData(254, IPv4Client, 8)]
    [InlineData(253, IPv6Client, 20)]
    [InlineData(254, IPv6Client, 20)]
    [InlineData(28, IPv4Client, 8)]
    [InlineData(252, IPv4Client, 8)]
    [InlineData(99, IPv6Client, 20)]
    public void An_option_is_found_with_its_client_and_its_balancer(byte kind, string client, byte length)
    {
        byte[] option = TcpPackets.Option(kind, client);
        ToaOption expected = new(kind, length, Convert.ToHexStringLower(option), null, TcpPackets.Balancer, TcpPackets.Server);

        ToaOption found = Log(TcpPackets.Build(option)).Options.Should().ContainSingle().Subject.Option;

        found.Should().Be(expected);
        found.Readings.Should().ContainSingle().Which.Client.Should().Be(IPEndPoint.Parse(client));
    }

    [Fact]
    public void IPv6_packets_are_looked_into_too()
    {
        byte[] option = TcpPackets.Option(253, IPv6Client);

        Log(TcpPackets.Build(option, IPv6Balancer, IPv6Server)).Options.Should().ContainSingle().Which.Option
            .Should().Be(new ToaOption(253, 20, Convert.ToHexStringLower(option), null, IPv6Balancer, IPv6Server));
    }

    [Theory]
    [InlineData(0)] // hop by hop
    [InlineData(43)] // routing
    [InlineData(44)] // a fragment, the first one
    [InlineData(60)] // destination options
    public void Headers_between_IPv6_and_TCP_are_gone_through(byte header)
    {
        byte[] packet = TcpPackets.Build(TcpPackets.Option(253, IPv6Client), IPv6Balancer, IPv6Server);
        byte[] between = [packet[6], 0, 0, 0, 0, 0, 0, 0];
        byte[] longer = [.. packet[..40], .. between, .. packet[40..]];
        longer[6] = header;

        Log(longer).Options.Should().ContainSingle();
    }

    [Fact]
    public void Fragments_behind_the_first_are_left_alone()
    {
        byte[] ipv4 = TcpPackets.Build(TcpPackets.Option(200, IPv4Client));
        ipv4[7] = 1;
        byte[] ipv6 = TcpPackets.Build(TcpPackets.Option(253, IPv6Client), IPv6Balancer, IPv6Server);
        byte[] fragment = [.. ipv6[..40], ipv6[6], 0, 0, 8, 0, 0, 0, 0, .. ipv6[40..]];
        fragment[6] = 44;

        Log(ipv4, fragment).Segments.Should().Be(0);
    }

    [Fact]
    public void The_places_of_an_option_are_told_apart()
    {
        byte[] option = TcpPackets.Option(200, IPv4Client);
        CaptureLog log = Log(
            TcpPackets.Syn(option), TcpPackets.Build(option), TcpPackets.Build(option, data: "GET /"), TcpPackets.Build(option, data: "GET /"));

        Sighting seen = log.Options.Should().ContainSingle().Subject;
        seen.Places.Should().Be(SegmentPlaces.Syn | SegmentPlaces.Ack | SegmentPlaces.Data);
        PlaceNames.Join(seen.Places).Should().Be("syn, ack, data");
        seen.Packets.Should().Be(4);
        log.Connections.Should().Be(1);
    }

    [Theory]
    [InlineData("", "ack")]
    [InlineData("x", "data")]
    public void Data_counts_that_the_capture_has_cut_off(string data, string place)
    {
        byte[] packet = TcpPackets.Build(TcpPackets.Option(200, IPv4Client), data: data);

        PlaceNames.Join(Log(packet[..^data.Length]).Options.Should().ContainSingle().Subject.Places).Should().Be(place);
    }

    [Fact]
    public void A_SYN_of_the_other_side_is_no_connection()
    {
        Log(TcpPackets.Build([2, 4, 5, 180], syn: true, ack: true)).Connections.Should().Be(0);
    }

    [Theory]
    [InlineData(new byte[] { 200, 6, 1, 2, 3, 4 })]
    [InlineData(new byte[] { 200, 2 })]
    [InlineData(new byte[] { 254, 12, 0, 80, 192, 0, 2, 1, 9, 9, 9, 9 })]
    public void An_option_of_another_length_has_no_client(byte[] option)
    {
        ToaOption seen = Log(TcpPackets.Build(option)).Options.Should().ContainSingle().Subject.Option;

        (seen.Kind, seen.Length, seen.Readings.Count).Should().Be((option[0], option[1], 0));
    }

    [Fact]
    public void Other_options_before_and_behind_do_no_harm()
    {
        byte[] timestamps = [1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8];
        byte[] maximumSize = [2, 4, 5, 180];

        Log(TcpPackets.Build([.. timestamps, .. TcpPackets.Option(200, IPv4Client), .. maximumSize])).Options.Should().ContainSingle();
    }

    [Theory]
    [InlineData(new byte[] { 2, 4, 5, 180, 4, 2, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 3, 3, 7 })]
    [InlineData(new byte[] { 5, 10, 1, 2, 3, 4, 5, 6, 7, 8 })] // SACK
    [InlineData(new byte[] { 28, 4, 0, 60 })] // user timeout
    [InlineData(new byte[] { 30, 20, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 })] // Multipath TCP
    [InlineData(new byte[] { 34, 8, 1, 2, 3, 4, 5, 6 })] // Fast Open
    [InlineData(new byte[] { 69, 2, 172, 8, 1, 2, 3, 4, 5, 6, 174, 11, 1, 2, 3, 4, 5, 6, 7, 8, 9 })] // TCP-ENO, accurate ECN
    [InlineData(new byte[] { 254, 4, 0xf9, 0x89 })] // the identifiers of experiments: Fast Open, SMC
    [InlineData(new byte[] { 253, 6, 0xe2, 0xd4, 0xc3, 0xd9 })]
    public void TCP_s_own_options_are_left_out(byte[] options)
    {
        CaptureLog log = Log(TcpPackets.Build(options));

        (log.Segments, log.Malformed, log.Options.Count).Should().Be((1, 0, 0));
    }

    [Fact]
    public void Two_options_are_both_told()
    {
        CaptureLog log = Log(TcpPackets.Build([.. TcpPackets.Option(200, IPv4Client), .. TcpPackets.Option(200, "203.0.113.1:1")]));

        log.Options.Select(seen => seen.Option.Readings[0].Client!.ToString()).Should().Equal(IPv4Client, "203.0.113.1:1");
    }

    [Theory]
    [InlineData(new byte[] { 0, 200, 8, 0x15, 0xb3, 192, 0, 2, 10 })]
    [InlineData(new byte[] { 0, 200, 0, 0 })]
    [InlineData(new byte[] { 0, 200, 255, 0 })]
    public void What_follows_the_end_of_the_list_is_no_option(byte[] options)
    {
        CaptureLog log = Log(TcpPackets.Build(options));

        (log.Segments, log.Malformed, log.Options.Count).Should().Be((1, 0, 0));
    }

    [Theory]
    [InlineData(new byte[] { 200, 0, 0, 0 })]
    [InlineData(new byte[] { 200, 1, 0, 0 })]
    [InlineData(new byte[] { 200, 9, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 1, 1, 1, 200 })]
    [InlineData(new byte[] { 99, 255, 1, 1 })]
    public void A_list_that_breaks_off_is_counted(byte[] options)
    {
        CaptureLog log = Log(TcpPackets.Build(options));

        (log.Malformed, log.Segments, log.Options.Count).Should().Be((1, 1, 0));
    }

    [Fact]
    public void Other_ports_do_not_count_where_some_are_named()
    {
        CaptureLog log = new([7001]);
        log.Record(TcpPackets.Syn(TcpPackets.Option(200, IPv4Client)));
        log.Segments.Should().Be(0);

        log.Record(TcpPackets.Build(TcpPackets.Option(253, IPv6Client), IPv6Balancer, IPv6Server));
        log.Options.Should().ContainSingle();
    }

    [Fact]
    public void However_many_clients_somebody_makes_up_the_list_stays_short()
    {
        CaptureLog log = new([]);
        for (int i = 1; i <= 5000; i++)
            log.Record(TcpPackets.Build(TcpPackets.Option(200, $"192.0.2.10:{i}")));

        log.Segments.Should().Be(5000);
        log.Options.Should().HaveCount(1000);
    }

    [Fact]
    public void Stray_options_do_not_hide_TOA_options()
    {
        CaptureLog log = new([]);
        for (int i = 0; i < 1000; i++)
            log.Record(TcpPackets.Build([99, 6, (byte)(i >> 8), (byte)i, 0, 0]));
        log.Record(TcpPackets.Build(TcpPackets.Option(253, IPv6Client)));

        log.Options.Should().HaveCount(101);
        log.Options[^1].Option.Kind.Should().Be(253);
    }

    [Theory]
    [InlineData(new byte[] { 6, 6, 1, 2, 3, 4, 7, 6, 1, 2, 3, 4 })] // echo and its reply
    [InlineData(new byte[] { 9, 2, 10, 3, 1, 11, 6, 1, 2, 3, 4, 12, 6, 1, 2, 3, 4, 13, 6, 1, 2, 3, 4 })] // partial order, T/TCP
    [InlineData(new byte[] { 14, 3, 1, 15, 8, 1, 2, 3, 4, 5, 6, 18, 3, 1 })] // other checksums
    [InlineData(new byte[] { 27, 8, 1, 2, 3, 4, 5, 6 })] // Quick-Start
    [InlineData(new byte[] { 253, 4, 0xac, 0xc0, 254, 4, 0xac, 0xc1 })] // the identifiers of experiments: accurate ECN
    public void Options_that_TCP_seldom_has_are_left_out_as_well(byte[] options)
    {
        CaptureLog log = Log(TcpPackets.Build(options));

        (log.Segments, log.Malformed, log.Options.Count).Should().Be((1, 0, 0));
    }

    [Fact]
    public void An_option_that_TCP_seldom_has_is_a_TOA_option_if_the_provider_reads_its_kind()
    {
        CaptureLog log = new([], FormatSetting.Of("27/8"));
        log.Record(TcpPackets.Build(TcpPackets.Option(27, IPv4Client)));

        log.Options.Should().ContainSingle().Which.Option.Readings[0].Client!.ToString().Should().Be(IPv4Client);
    }

    [Fact]
    public void A_packet_cut_short_anywhere_is_taken_for_less()
    {
        byte[][] packets =
        [
            TcpPackets.Build(TcpPackets.Option(200, IPv4Client), data: "hello"),
            TcpPackets.Build(TcpPackets.Option(253, IPv6Client), IPv6Balancer, IPv6Server, data: "hello"),
        ];
        foreach (byte[] packet in packets)
        {
            int headers = packet.Length - 5;
            for (int length = 0; length <= packet.Length; length++)
                Log(packet[..length]).Options.Should().HaveCount(length < headers ? 0 : 1, "{0} bytes of {1} are there", length, packet.Length);
        }
    }

    [Fact]
    public void Packets_with_wrong_bytes_are_read_or_left()
    {
        Random random = new(6);
        byte[][] packets =
        [
            TcpPackets.Build(TcpPackets.Option(200, IPv4Client), data: "hello"),
            TcpPackets.Build(TcpPackets.Option(253, IPv6Client), IPv6Balancer, IPv6Server, data: "hello"),
        ];
        CaptureLog log = new([]);
        for (int round = 0; round < 50_000; round++)
        {
            byte[] packet = [.. packets[round % 2]];
            for (int changes = random.Next(1, 4); changes > 0; changes--)
                packet[random.Next(packet.Length)] = (byte)random.Next(256);
            log.Record(packet.AsSpan(0, random.Next(packet.Length + 1)));
            byte[] noise = new byte[random.Next(100)];
            random.NextBytes(noise);
            log.Record(noise);
        }

        log.Segments.Should().BeGreaterThan(0);
    }

    private static CaptureLog Log(params byte[][] packets)
    {
        CaptureLog log = new([]);
        foreach (byte[] packet in packets)
            log.Record(packet);
        return log;
    }
}
