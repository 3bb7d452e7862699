using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Commands;

public sealed class DecodeTests : IDisposable
{
    private const string Client = "192.0.2.10:5555";

    private static readonly byte[] s_toa = TcpPackets.Option(200, Client);

    private readonly FakeMachine _machine = new();
    private readonly string _file = Path.GetTempFileName();

    public static TheoryData<string> Containers =>
        ["pcap", "pcap-big", "pcap-nano", "pcap-nano-big", "pcapng", "pcapng-big", "balancer", "two sections"];

    public static TheoryData<int, string> Links => new()
    {
        { 0, "" }, { 1, "" }, { 1, "81000064" }, { 1, "88a8000181000064" }, { 12, "" }, { 14, "" }, { 101, "" }, { 108, "" }, { 113, "" },
        { 113, "81000064" }, { 228, "" }, { 229, "" }, { 276, "" }, { 276, "81000064" },
    };

    public void Dispose()
    {
        _machine.Dispose();
        File.Delete(_file);
    }

    [Theory]
    [MemberData(nameof(Containers))]
    public async Task Both_formats_of_files_are_read_in_both_byte_orders(string container)
    {
        byte[][] packets = Connection(s_toa);
        byte[] file = container switch
        {
            "pcap" => CaptureFiles.Pcap(packets),
            "pcap-big" => CaptureFiles.Pcap(packets, isBigEndian: true),
            "pcap-nano" => CaptureFiles.Pcap(packets, hasNanoseconds: true),
            "pcap-nano-big" => CaptureFiles.Pcap(packets, isBigEndian: true, hasNanoseconds: true),
            "pcapng" => CaptureFiles.Pcapng(packets),
            "pcapng-big" => CaptureFiles.Pcapng(packets, isBigEndian: true),
            "balancer" => CaptureFiles.OfBalancer(packets),
            _ => [.. CaptureFiles.Pcapng([packets[0]]), .. CaptureFiles.Pcapng(packets[1..], isBigEndian: true)],
        };

        JsonElement found = (await DecodeJsonAsync(file)).Single();

        found.GetProperty("packet").GetInt64().Should().Be(2);
        found.GetProperty("client").GetString().Should().Be(Client);
        found.GetProperty("balancer").GetString().Should().Be("198.51.100.7:1024");
        found.GetProperty("server").GetString().Should().Be("192.0.2.1:7000");
        found.GetProperty("verdict").GetString().Should().Be("accepted");
        found.GetProperty("time").GetString().Should().StartWith("2023-11-14T22:13:20.123456");
    }

    [Theory]
    [MemberData(nameof(Links))]
    public async Task Link_headers_are_removed(int linkType, string tags)
    {
        foreach (byte[] file in (byte[][])
            [
                CaptureFiles.Pcap(Connection(s_toa).Select(Linked), linkType), CaptureFiles.Pcapng(Connection(s_toa).Select(Linked), linkType),
            ])
            (await DecodeJsonAsync(file)).Single().GetProperty("client").GetString().Should().Be(Client);

        byte[] Linked(byte[] packet) => CaptureFiles.Link(linkType, packet, Convert.FromHexString(tags));
    }

    [Theory]
    [InlineData("c80815b3c000020a", "200/8", "ipv4", Client, "tencent")]
    [InlineData("fd1415b320010db8000000000000000000000001", "253/20", "ipv6", "[2001:db8::1]:5555", "huawei")]
    [InlineData("fc1415b3c000020a07000000cb00710901bb0000", "252/20", "alibaba-vpc", Client, "alibaba-vpc")]
    [InlineData("f92815b320010db800000000000000000000000100000700cb007109000000000000000000000000", "249/40", "alibaba-ddos", "[2001:db8::1]:5555", "alibaba-ddos")]
    [InlineData("fe1015b3c000020a000001bbcb007109", "254/16", "bytedance", Client, "bytedance")]
    [InlineData("1c0701c000020a", "28/7", "akamai-ipv4", "192.0.2.10:0", "akamai")]
    [InlineData("1c130120010db8000000000000000000000001", "28/19", "akamai-ipv6", "[2001:db8::1]:0", "netscaler")]
    [InlineData("c80815b3c000020aca0801bbcb007109c90607000000", "200/8,202/8,201/6", "ipv4,virtual,network", Client, "tencent-vpc")]
    [InlineData("4d0815b3c000020a", "77/8", "ipv4", Client, "77/8")]
    public async Task Each_format_of_the_table_is_decoded(string options, string kinds, string formats, string client, string setting)
    {
        Write(CaptureFiles.Pcap(Connection(Convert.FromHexString(options))));

        Run run = await Run.ToaAsync(_machine, "decode", _file, "--formats", setting);

        run.ExitCode.Should().Be(0, run.Error);
        run.Lines.Should().HaveCount(2);
        Cells(run.Lines[1]).Should().Equal("2", client, "198.51.100.7:1024", "192.0.2.1:7000", kinds, formats, "handshake", "yes");
    }

    [Fact]
    public async Task Two_formats_are_named_if_no_setting_decides()
    {
        Write(CaptureFiles.Pcap(Connection(Convert.FromHexString("fc1415b3c000020a07000000cb00710901bb0000"))));

        Run run = await Run.ToaAsync(_machine, "decode", _file);

        Cells(run.Lines[1])[4..].Should().Equal("252/20", "alibaba-vpc|ipv6", "handshake", "no: formats does not have 252/20");
    }

    [Theory]
    [InlineData("", "accepted", "yes")]
    [InlineData("--trusted 198.51.100.0/24", "accepted", "yes")]
    [InlineData("--trusted 10.0.0.0/8", "untrusted", "no: 198.51.100.7 is not in trusted")]
    [InlineData("--formats huawei", "formats", "no: formats does not have 200/8")]
    public async Task The_verdict_depends_on_the_settings(string settings, string verdict, string reason)
    {
        JsonElement found = (await DecodeJsonAsync(CaptureFiles.Pcap(Connection(s_toa)), settings)).Single();

        (found.GetProperty("verdict").GetString(), found.GetProperty("reason").GetString()).Should().Be((verdict, reason));
    }

    [Theory]
    [InlineData("", "syn")]
    [InlineData("--syn", "accepted")]
    [InlineData("--syn false", "syn")]
    public async Task An_option_on_the_SYN_depends_on_the_setting(string settings, string verdict)
    {
        byte[][] packets = [TcpPackets.Syn(s_toa), TcpPackets.Build([], sequence: 1), TcpPackets.Build([], data: "x", sequence: 1)];

        JsonElement found = (await DecodeJsonAsync(CaptureFiles.Pcap(packets), settings)).Single();

        found.GetProperty("verdict").GetString().Should().Be(verdict);
        Segments(found).Should().Equal("syn");
    }

    [Theory]
    [InlineData("late", "data")]
    [InlineData("no_handshake", "data", true)]
    public async Task An_option_behind_the_handshake_is_not_accepted(string verdict, string segment, bool isStartMissing = false)
    {
        byte[][] packets = [TcpPackets.Syn(), TcpPackets.Build([], sequence: 1), TcpPackets.Build(s_toa, data: "x", sequence: 1)];

        JsonElement found = (await DecodeJsonAsync(CaptureFiles.Pcap(isStartMissing ? packets[2..] : packets))).Single();

        found.GetProperty("verdict").GetString().Should().Be(verdict);
        Segments(found).Should().Equal(segment);
    }

    [Fact]
    public async Task A_later_segment_is_not_taken_for_the_end_of_the_handshake()
    {
        byte[][] packets = [TcpPackets.Syn(), TcpPackets.Build(s_toa, data: "x", sequence: 1000)];

        JsonElement found = (await DecodeJsonAsync(CaptureFiles.Pcap(packets))).Single();

        found.GetProperty("verdict").GetString().Should().Be("no_handshake");
        Segments(found).Should().Equal("data");
    }

    [Theory]
    [InlineData(true, "192.0.2.10:5555", 2)]
    [InlineData(false, "203.0.113.100:1", 1)]
    public async Task Options_of_the_handshake_come_before_those_that_anyone_can_forge(bool hasHandshake, string client, int packet)
    {
        byte[] ofSyn = TcpPackets.Option(200, "203.0.113.100:1"), other = Convert.FromHexString("4d04aabb");
        byte[][] packets =
        [
            TcpPackets.Syn(hasHandshake ? [] : ofSyn),
            .. Enumerable.Range(1, 20).Select(i => TcpPackets.Build(TcpPackets.Option(200, $"203.0.113.{i}:1"), sequence: 5000)),
            TcpPackets.Build(hasHandshake ? [.. s_toa, .. other] : [], sequence: 1),
        ];

        JsonElement found = (await DecodeJsonAsync(CaptureFiles.Pcap(packets), "--formats huawei")).Single();

        found.GetProperty("client").GetString().Should().Be(client);
        found.GetProperty("options").GetArrayLength().Should().Be(8);
        found.GetProperty("hasMoreOptions").GetBoolean().Should().BeTrue();
        found.GetProperty("packet").GetInt64().Should().Be(packet, "this is the first one with an option");
        Segments(found).Should().Equal(hasHandshake ? "handshake" : "syn");
    }

    [Fact]
    public async Task Data_can_complete_the_handshake()
    {
        byte[][] packets = [TcpPackets.Syn(), TcpPackets.Build(s_toa, data: "x", sequence: 1), TcpPackets.Build(s_toa, fin: true, sequence: 2)];

        JsonElement found = (await DecodeJsonAsync(CaptureFiles.Pcap(packets))).Single();

        found.GetProperty("verdict").GetString().Should().Be("accepted");
        Segments(found).Should().Equal("handshake", "data", "fin");
    }

    [Theory]
    [InlineData("c80800007f000001", "address_unusable")]
    [InlineData("ca0801bbcb007109", "no_client", "tencent-vpc")]
    [InlineData("ca0801bbcb007109", "formats")]
    [InlineData("c80800010a000001c80800020a000002", "accepted")]
    [InlineData("c80615b30a00", "option_wrong_length")]
    [InlineData("4d04aabbc80915b3c000020a", "option_malformed")]
    public async Task The_verdict_follows_the_provider_s_rules(string options, string verdict, string formats = "tencent")
    {
        byte[] file = CaptureFiles.Pcap(Connection(Convert.FromHexString(options)));

        JsonElement found = (await DecodeJsonAsync(file, $"--formats {formats}")).Single();

        found.GetProperty("verdict").GetString().Should().Be(verdict);
        if (verdict == "accepted")
            found.GetProperty("client").GetString().Should().Be("10.0.0.1:1", "the first option counts");
    }

    [Fact]
    public async Task The_same_ends_can_have_several_connections()
    {
        byte[][] packets =
        [
            TcpPackets.Syn(), TcpPackets.Build(s_toa, sequence: 1), TcpPackets.Build([], syn: true, ack: false, sequence: 1000),
            TcpPackets.Build(TcpPackets.Option(200, "192.0.2.11:6666"), sequence: 1001), TcpPackets.Build([], fin: true),
        ];

        JsonElement[] found = await DecodeJsonAsync(CaptureFiles.Pcap(packets));

        found.Select(connection => connection.GetProperty("client").GetString()).Should().Equal(Client, "192.0.2.11:6666");
    }

    [Fact]
    public async Task Connections_without_a_TOA_option_are_only_counted()
    {
        Write(CaptureFiles.Pcap(Connection([1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2])));

        Run run = await Run.ToaAsync(_machine, "decode", _file, "--port", "7000");

        (run.ExitCode, run.Lines.Length).Should().Be((0, 1));
        run.Error.Should().EndWith(
            "packets: 3, TCP segments: 3, SYNs: 1, segments with malformed options: 0, connections with TOA options: 0\n");
        (await DecodeJsonAsync(CaptureFiles.Pcap(Connection(s_toa)), "--port 7001")).Should().BeEmpty();
    }

    [Fact]
    public async Task The_settings_of_the_loaded_module_are_the_default()
    {
        _machine.WithModule(trusted: "10.0.0.0/8").Write("sys/module/toa/parameters/syn", "Y\n");
        Write(CaptureFiles.Pcap(Connection(s_toa)));

        Run run = await Run.ToaAsync(_machine, "decode", _file);

        run.Error.Should().StartWith("Judged by formats=tencent (module), trusted=10.0.0.0/8 (module), syn=Y (module)\n");
        Cells(run.Lines[1])[^1].Should().Be("no: 198.51.100.7 is not in trusted");
    }

    [Fact]
    public async Task The_settings_of_the_eBPF_provider_are_the_default_and_options_replace_them()
    {
        _machine.WithEbpf();
        Write(CaptureFiles.Pcap(Connection(s_toa)));

        Run run = await Run.ToaAsync(_machine, "decode", _file, "--trusted", "198.51.100.7");

        run.Error.Should().StartWith("Judged by formats=tencent (ebpf), trusted=198.51.100.7/32 (option), syn=N (ebpf)\n");
        Cells(run.Lines[1])[^1].Should().Be("yes");
    }

    [Fact]
    public async Task A_list_that_the_kernel_cuts_off_is_not_taken_as_complete()
    {
        _machine.WithModule(trusted: "10.0.0.0/8,... (12 more)");

        JsonElement found = (await DecodeJsonAsync(CaptureFiles.Pcap(Connection(s_toa)))).Single();

        found.GetProperty("verdict").GetString().Should().Be("trust_unknown");
    }

    [Theory]
    [InlineData("", "is empty. Use a file of tcpdump -w, dumpcap or Wireshark.")]
    [InlineData("1f8b0800", "is compressed. Unpack it first: zcat")]
    [InlineData("7f454c46", "is not a capture: it begins with the bytes 7f454c46. Use a file in the format pcap or pcapng")]
    [InlineData("d4c3", "is not a capture: it begins with the bytes d4c3.")]
    public async Task A_file_that_is_no_capture_is_refused(string bytes, string error)
    {
        Write(Convert.FromHexString(bytes));

        Run run = await Run.ToaAsync(_machine, "decode", _file);

        (run.ExitCode, run.Output).Should().Be((1, ""));
        run.Error.Should().StartWith($"toa: {_file} {error}").And.EndWith("\n").And.Subject.Count(character => character == '\n').Should().Be(1);
    }

    [Theory]
    [InlineData("/nonexistent/x.pcap")]
    [InlineData("/")]
    public async Task A_file_that_cannot_be_read_is_named(string file)
    {
        Run run = await Run.ToaAsync(_machine, "decode", file);

        run.ExitCode.Should().Be(1);
        run.Error.Should().MatchRegex($"^toa: cannot read {file}: .* Name a capture file that you may read\\.\n$");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_is_cut_off_shows_what_came_before(bool isPcapng)
    {
        byte[][] packets = Connection(s_toa);
        Write([.. (isPcapng ? CaptureFiles.OfBalancer(packets) : CaptureFiles.Pcap(packets)).SkipLast(5)]);

        Run run = await Run.ToaAsync(_machine, "decode", _file);

        run.ExitCode.Should().Be(1);
        Cells(run.Lines[1])[1].Should().Be(Client);
        run.Error.Should().MatchRegex("\ntoa: packet [34]: the file is cut off. The packets before it are decoded.\npackets: [23], ");
    }

    [Fact]
    public async Task A_length_that_is_not_possible_ends_the_file()
    {
        byte[] file = CaptureFiles.Pcap(Connection(s_toa));
        file[24 + 8 + 3] = 0x7f;

        Run run = await DecodeAsync(file);

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain("\ntoa: packet 1: its length of 2130706472 bytes is not possible. The packets before it are decoded.\n");
    }

    [Fact]
    public async Task Packets_that_cannot_be_decoded_are_reported()
    {
        Run unknown = await DecodeAsync(CaptureFiles.Pcap(Connection(s_toa), linkType: 105));
        Run cut = await DecodeAsync(CaptureFiles.Pcap(Connection(s_toa), snapLength: 44));

        unknown.ExitCode.Should().Be(1);
        unknown.Error.Should().Contain(
            "\ntoa: packet 1: the link type 105 is not known, and its packets are left out. Capture with tcpdump -i any.\n");
        cut.ExitCode.Should().Be(1);
        cut.Error.Should().Contain(
            "\ntoa: packet 2: it was cut before the end of its TCP header, and so were 0 others. Capture with tcpdump -s 0.\n");
    }

    [Fact]
    public async Task A_switch_before_the_file_does_not_need_a_value()
    {
        Write(CaptureFiles.Pcap([TcpPackets.Syn(s_toa), TcpPackets.Build([], sequence: 1)]));

        Run run = await Run.ToaAsync(_machine, "decode", "--syn", _file);

        Cells(run.Lines[1])[^1].Should().Be("yes");
    }

    [Fact]
    public async Task The_file_is_required()
    {
        (await Run.ToaAsync(_machine, "decode")).Should().Be(new Run(2, "", "toa: FILE is missing. See toa decode --help.\n"));
    }

    [Fact]
    public async Task It_speaks_Chinese()
    {
        Write(CaptureFiles.Pcap(Connection(s_toa)));

        Run run = await Run.ToaInChineseAsync(_machine, "decode", _file, "--trusted", "10.0.0.0/8");

        Cells(run.Lines[1])[^1].Should().Be("否：198.51.100.7 不在 trusted 中");
    }

    private static byte[][] Connection(byte[] options) =>
        [TcpPackets.Syn(), TcpPackets.Build(options, sequence: 1), TcpPackets.Build([], data: "x", sequence: 1)];

    private static string[] Cells(string line) =>
        [.. line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private static IEnumerable<string?> Segments(JsonElement connection) =>
        connection.GetProperty("options")[0].GetProperty("segments").EnumerateArray().Select(name => name.GetString());

    private void Write(byte[] file) => File.WriteAllBytes(_file, file);

    private Task<Run> DecodeAsync(byte[] file)
    {
        Write(file);
        return Run.ToaAsync(_machine, "decode", _file);
    }

    private async Task<JsonElement[]> DecodeJsonAsync(byte[] file, string settings = "")
    {
        Write(file);
        Run run = await Run.ToaAsync(
            _machine, ["decode", _file, "--json", .. settings.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        run.ExitCode.Should().Be(0, run.Error);
        JsonElement[] events = [.. run.Lines.Select(line => JsonDocument.Parse(line).RootElement)];
        events[0].GetProperty("event").GetString().Should().Be("settings");
        events[^1].GetProperty("event").GetString().Should().Be("end");
        return events[1..^1];
    }
}
