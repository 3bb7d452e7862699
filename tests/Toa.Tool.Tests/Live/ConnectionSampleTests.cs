using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using FluentAssertions;
using Toa.Tool.Capture.Connections;
using Toa.Tool.Formats;
using Toa.Tool.Live;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Live;

public sealed class ConnectionSampleTests : IDisposable
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(0.25);
    private static readonly byte[] s_toa = TcpPackets.Option(200, "192.0.2.10:5555");

    private readonly FakeSample _packets = new();
    private readonly ConnectionSample _sample;

    public ConnectionSampleTests() => _sample = new ConnectionSample(_packets.Open, [443], most: 8);

    public void Dispose() => _sample.Dispose();

    [Fact]
    public void A_connection_is_found_when_its_handshake_ends()
    {
        _packets.Filters.Single().Share.Should().Be(1);
        _packets.Filters.Single().Ports.Should().Equal(443);
        _packets.Add(Syn(1), Syn(2));
        Look().Should().BeEmpty();
        _packets.Add(Ack(2, s_toa), Ack(3, s_toa));

        Look().Should().ContainSingle("the SYN of the other is not known").Which.Balancer.Port.Should().Be(2);

        Look().Should().BeEmpty();
        _sample.TakeCounts().Should().Be((1, 1));
        _sample.TakeCounts().Should().Be((0, 0));
        _sample.Share.Should().Be(1);
    }

    [Fact]
    public void An_option_behind_the_handshake_is_not_taken_for_one_in_the_handshake()
    {
        _packets.Add(Syn(1), Ack(1, []), TcpPackets.Build(s_toa, End(1), data: "x", sequence: 1));

        CapturedConnection connection = Look().Should().ContainSingle().Subject;

        new ProviderRules(FormatSetting.Default, null, true, false).Judge(connection).Code.Should().Be("late");
    }

    [Fact]
    public void Forged_segments_before_the_end_of_the_handshake_are_left_out()
    {
        byte[] own = TcpPackets.Option(254, "192.0.2.99:9");
        _packets.Add(TcpPackets.Build(own, End(1), syn: true, ack: false));
        for (int i = 1; i <= 20; i++)
            _packets.Add(TcpPackets.Build(TcpPackets.Option(200, $"203.0.113.{i}:1"), End(1), sequence: 5000));
        _packets.Add(Ack(1, [.. s_toa, .. own]));

        LiveConnection shown = LiveConnection.Of(Look().Should().ContainSingle().Subject, new Verdict("settings_unknown", $"unknown"));

        shown.Client.Should().Be("192.0.2.10:5555", "the balancer writes its option in front of the client's");
        shown.Options.Select(option => option.Kind).Should().Equal(200, 254);
    }

    [Fact]
    public void A_connection_whose_handshake_does_not_end_is_not_shown()
    {
        for (int port = 1; port <= 5000; port++)
        {
            _packets.Add(TcpPackets.Build(s_toa, End(port), syn: true, ack: false));
            if (port % 500 == 0)
                Look().Should().BeEmpty();
        }
    }

    [Fact]
    public void Not_more_than_the_limit_are_returned()
    {
        int shown = 0;
        for (int look = 0; look < 40; look++)
        {
            Connect(look * 3 + 1, 3);
            shown += Look().Count;
        }

        // At once as many as in a second, and then 8 a second in 10 s.
        shown.Should().BeInRange(80, 88);
        (double estimated, long counted) = _sample.TakeCounts();
        (estimated, counted).Should().Be((120, shown));
    }

    [Fact]
    public void After_a_loss_of_packets_it_begins_again_with_a_smaller_sample()
    {
        _packets.Add(Syn(1));
        Look();
        Connect(100, 3);
        _packets.Dropped = 5000;

        Look().Should().BeEmpty("segments of these connections may be missing");

        _sample.Share.Should().BeLessThan(1);
        _packets.IsDisposed.Should().BeTrue("a small sample has pauses");
        Look().Should().BeEmpty();
        _packets.Filters.Should().HaveCount(2);
        _packets.Filters[^1].Share.Should().BeLessThan(0.3);
        // The end of its handshake may be lost, so that this is another segment.
        _packets.Add(Ack(1, s_toa));
        Look().Should().BeEmpty();
    }

    [Fact]
    public void A_small_sample_is_captured_during_a_part_of_the_time()
    {
        int open = 0, port = 0, shown = 0;
        double estimated = 0;
        for (int look = 0; look < 800; look++)
        {
            // 400 a second.
            Connect(port % 60_000 + 1, 100);
            port += 100;
            shown += Look().Count;
            if (look < 100)
                _sample.TakeCounts();
            estimated += look < 100 ? 0 : _sample.TakeCounts().Estimated;
            open += _packets.IsDisposed ? 0 : 1;
        }

        ((double)open / 800).Should().BeInRange(0.15, 0.35);
        shown.Should().BeInRange(200, 1616, "8 a second are wanted for 200 s");
        (estimated / 700 * 4).Should().BeInRange(200, 800);

        for (int look = 0; look < 400; look++)
            Look();
        _sample.Share.Should().Be(1, "the traffic has ended");
    }

    [Fact]
    public void Other_settings_of_the_provider_apply_to_the_next_connections()
    {
        FormatSetting huawei = FormatSetting.Of("huawei")!;
        _packets.Add(Syn(1));
        _sample.Look(FormatSetting.Default, s_look);
        _packets.Add(Syn(2), Ack(2, TcpPackets.Option(254, "192.0.2.10:5555")));

        _sample.Look(huawei, s_look).Should().ContainSingle().Which.Options[0].Option.ReadAs.Should().NotBeNull();
    }

    private IReadOnlyList<CapturedConnection> Look() => _sample.Look(FormatSetting.Default, s_look);

    private void Connect(int first, int count)
    {
        foreach (int port in Enumerable.Range(first, count))
            _packets.Add(Syn(port), Ack(port, s_toa));
    }

    private static IPEndPoint End(int port) => new(TcpPackets.Balancer.Address, port);

    private static byte[] Syn(int port) => TcpPackets.Build([], End(port), syn: true, ack: false);

    private static byte[] Ack(int port, byte[] options) => TcpPackets.Build(options, End(port), sequence: 1);
}
