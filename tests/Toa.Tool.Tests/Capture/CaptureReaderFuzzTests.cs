using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using FluentAssertions;
using Toa.Tool.Capture.Connections;
using Toa.Tool.Capture.Files;
using Toa.Tool.Formats;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Capture;

/// <summary>Capture files that are cut off or hostile.</summary>
public sealed class CaptureReaderFuzzTests
{
    private const int Flipped = 20_000;

    public static TheoryData<string> Files => ["pcap", "pcapng", "balancer"];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_can_be_cut_off_at_each_byte(string name)
    {
        byte[] file = Make(name);
        long[] packets = [.. Enumerable.Range(4, file.Length - 3).Select(length => Read(file[..length]).Packets)];

        packets.Should().BeInAscendingOrder();
        packets[^1].Should().Be(6);
        Read(file).Problem.Should().BeNull();
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Any_byte_can_be_wrong(string name)
    {
        byte[] file = Make(name);
        Random random = new(1);
        long problems = 0;
        for (int i = 0; i < Flipped; i++)
        {
            byte[] wrong = [.. file];
            for (int flips = random.Next(1, 6); flips > 0; flips--)
                wrong[random.Next(4, wrong.Length)] = (byte)random.Next(256);
            (long packets, string? problem) = Read(wrong);
            packets.Should().BeLessThan(file.Length / 8);
            problems += problem is null ? 0 : 1;
        }

        problems.Should().BePositive();
    }

    [Fact]
    public void A_flood_of_connections_does_not_fill_the_memory()
    {
        List<CapturedConnection> shown = [];
        ConnectionTracker tracker = new([], FormatSetting.Default, shown.Add, most: 4);
        for (int i = 1; i <= 100; i++)
            tracker.Record(i, null, TcpPackets.Build(TcpPackets.Option(200, "192.0.2.10:5555"), from: new(TcpPackets.Balancer.Address, i)));
        shown.Should().HaveCount(96);
        tracker.End();

        shown.Select(connection => connection.Balancer.Port).Should().Equal(Enumerable.Range(1, 100));
        tracker.Early.Should().Be(96);
    }

    [Fact]
    public void A_flood_of_options_does_not_fill_the_memory()
    {
        List<CapturedConnection> shown = [];
        ConnectionTracker tracker = new([], FormatSetting.Default, shown.Add);
        for (int i = 1; i <= 100; i++)
            tracker.Record(i, null, TcpPackets.Build(TcpPackets.Option(200, $"192.0.2.10:{i}")));
        tracker.End();

        CapturedConnection connection = shown.Should().ContainSingle().Subject;
        connection.Options.Should().HaveCount(CapturedConnection.MostOptions);
        connection.HasMoreOptions.Should().BeTrue();
    }

    private static byte[] Make(string name)
    {
        byte[] option = TcpPackets.Option(253, "[2001:db8::1]:5555");
        byte[][] packets = [TcpPackets.Syn(option), TcpPackets.Build(option, sequence: 1), TcpPackets.Build(option, data: "GET /", sequence: 1)];
        byte[][] linked = [.. packets.Concat(packets).Select(packet => CaptureFiles.Link(CaptureFiles.Ethernet, packet))];
        return name switch
        {
            "pcap" => CaptureFiles.Pcap(linked, CaptureFiles.Ethernet),
            "pcapng" => CaptureFiles.Pcapng(linked, CaptureFiles.Ethernet, isBigEndian: true),
            _ => CaptureFiles.OfBalancer([.. packets, .. packets]),
        };
    }

    private static (long Packets, string? Problem) Read(byte[] file)
    {
        using CaptureReader reader = CaptureReader.Open(new MemoryStream(file), "x");
        ProviderRules rules = new(FormatSetting.Default, null, true, Syn: true);
        ConnectionTracker tracker = new([], rules.Formats, connection => rules.Judge(connection).Words.ToString().Should().NotBeEmpty());
        while (reader.Read())
            tracker.Record(reader.Number, reader.Time, LinkLayer.FindIP(reader.LinkType, reader.Packet));
        tracker.End();
        return (reader.Number, reader.Problem?.ToString());
    }
}
