using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tests.Support;
using Toa.Tool.Capture;
using Toa.Tool.Formats;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Commands;

/// <summary>The plugin for Wireshark, in tshark; and what tcpdump shows without a plugin.</summary>
public sealed partial class WiresharkTests : IDisposable
{
    private static readonly string s_plugin = Repository.PathOf("native/wireshark/toa.lua");

    /// <summary>An option of each kind and format of docs/reference/formats.md, and what it says.</summary>
    private static readonly (byte[] Option, OptionReading Reading)[] s_table =
    [
        .. Vendor().Matches(File.ReadAllText(Repository.PathOf("docs/reference/formats.md")))
            .Select(vendor => FormatSetting.Of(vendor.Groups[1].Value)).OfType<FormatSetting>()
            .SelectMany(vendor => vendor.Words[0].Options).Distinct()
            .Select(option =>
            {
                byte[] bytes =
                [
                    option.Kind, option.Format.Length,
                    .. Enumerable.Range(2, option.Format.Length - 2).Select(at => (byte)(7 * at + option.Kind)),
                ];
                return (bytes, OptionReading.Read(option.Format, bytes));
            }),
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("toa-wireshark-");

    private string CaptureName => Path.Combine(_folder.FullName, "x.pcapng");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_plugin_is_printed()
    {
        using FakeMachine machine = new();

        Run run = await Run.ToaAsync(machine, "wireshark");
        Run json = await Run.ToaAsync(machine, "wireshark", "--json");

        run.Should().Be(new Run(0, await File.ReadAllTextAsync(s_plugin), ""));
        json.Json.GetProperty("script").GetString().Should().Be(run.Output);
    }

    [SkippableFact]
    public void Tshark_shows_each_option_of_the_table_as_this_program_does()
    {
        Machine.Demand("tshark");
        Write(s_table.Select(known => TcpPackets.Build(known.Option)));

        string[] lines = Fields("kind", "length", "format", "vendor", "client", "client_port", "virtual", "virtual_port", "network_id");

        s_table.Should().HaveCountGreaterThan(10);
        lines.Should().Equal(s_table.Select(known =>
        {
            (byte[] option, OptionReading reading) = known;
            return string.Join('|',
                option[0], option[1], reading.Format.Name, string.Join(',', reading.Vendors),
                reading.Client?.Address, Port(reading.Format.ClientPort, reading.Client?.Port),
                reading.Virtual?.Address, Port(reading.Format.VirtualPort, reading.Virtual?.Port),
                reading.Format.NetworkId == 0 ? null : reading.NetworkId);
        }));

        static int? Port(byte offset, int? port) => offset == 0 ? null : port;
    }

    [SkippableTheory]
    [InlineData("toa", 3)]
    [InlineData("toa.client == \"192.0.2.10\"", 2)]
    [InlineData("toa.client.ipv4 == 192.0.2.0/24", 2)]
    [InlineData("toa.client.ipv6 == 2001:db8::/32", 1)]
    [InlineData("toa.client_port == 5556 && toa.kind == 254", 1)]
    [InlineData("toa.vendor == \"huawei\"", 2)]
    [InlineData("toa.format == \"ipv4\" && tcp.dstport == 7000", 2)]
    [InlineData("!toa", 1)]
    public void Packets_can_be_filtered(string filter, int packets)
    {
        Machine.Demand("tshark");
        Write(
        [
            TcpPackets.Build(TcpPackets.Option(200, "192.0.2.10:5555")), TcpPackets.Build(TcpPackets.Option(254, "192.0.2.10:5556")),
            TcpPackets.Build(TcpPackets.Option(253, "[2001:db8::1]:5557")), TcpPackets.Syn(2, 4, 5, 180),
        ]);

        Tshark("-Y", filter).Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(packets);
    }

    [SkippableFact]
    public void A_Fast_Open_cookie_is_not_shown_as_a_client()
    {
        Machine.Demand("tshark");
        byte[] cookie = Convert.FromHexString("fe08f989c000020a");
        Write([TcpPackets.Syn(cookie), TcpPackets.Build(cookie)]);

        Fields("client").Should().Equal("", "192.0.2.10");
    }

    [SkippableFact]
    public void Other_kinds_are_a_preference()
    {
        Machine.Demand("tshark");
        Write([TcpPackets.Build(TcpPackets.Option(77, "192.0.2.10:5555")), TcpPackets.Build(TcpPackets.Option(252, "[2001:db8::1]:5557"))]);

        Fields("format").Should().Equal("", "alibaba-vpc");
        Tshark("-o", "toa.kinds:77, 252", "-T", "fields", "-e", "toa.format").Should().Be("ipv4\nalibaba-vpc,ipv6\n");
    }

    [SkippableFact]
    public void The_decoding_of_Wireshark_stays_the_same()
    {
        Machine.Demand("tshark");
        Write(
        [
            .. s_table.Select(known => TcpPackets.Build(known.Option, data: "GET / HTTP/1.1\r\n\r\n")),
            TcpPackets.Syn(2, 4, 5, 180, 28, 4, 0, 5), TcpPackets.Build([], data: "x"),
        ]);

        Tshark().Should().Be(Output("tshark", "-r", CaptureName));
        string details = Tshark("-V");
        details.Should().Contain("TCP Option Address: kind 200, ipv4, client ");
        Plugin().Replace(details, "").Should().Be(Output("tshark", "-r", CaptureName, "-V"));
    }

    [SkippableFact]
    public void Hostile_options_cause_no_error()
    {
        Machine.Demand("tshark");
        Random random = new(1);
        Write(Enumerable.Range(0, 2000).Select(_ =>
        {
            byte[] packet = TcpPackets.Build(s_table[random.Next(s_table.Length)].Option, syn: random.Next(2) == 0);
            // Behind the IP header and the ports.
            for (int flips = random.Next(1, 5); flips > 0; flips--)
                packet[random.Next(24, packet.Length)] = (byte)random.Next(256);
            return packet[..random.Next(24, packet.Length + 1)];
        }));

        Tshark("-V", "-O", "toa").Should().Contain("TCP Option Address: kind").And.NotContain("Lua Error");
    }

    /// <summary>The words of docs/operate/captures.md.</summary>
    [SkippableTheory]
    [InlineData("c80815b3c000020a", "unknown-200 0x15b3c000020a")]
    [InlineData("fd1415b320010db8000000000000000000000001", "unknown-253 0x15b320010db8000000000000000000000001")]
    [InlineData("fc0815b3c000020a", "unknown-252 0x15b3c000020a")]
    [InlineData("ca0801bbcb007109", "unknown-202 0x01bbcb007109")]
    [InlineData("fe0815b3c000020a", "exp-15b3")]
    [InlineData("fe1415b320010db8000000000000000000000001", "exp-15b3")]
    [InlineData("1c0701c000020a", "uto 0x1c0 224[len 7],eol")]
    public void Tcpdump_shows(string option, string words)
    {
        Machine.Demand("tcpdump");
        string file = Path.Combine(_folder.FullName, "x.pcap");
        File.WriteAllBytes(file, CaptureFiles.Pcap([TcpPackets.Build(Convert.FromHexString(option))]));

        // From its standard input: as root, it changes to a user that cannot read the folder.
        Output("sh", "-c", $"PATH=$PATH:/sbin:/usr/sbin tcpdump -nr - <{file}").Should().Contain($"options [{words}], length 0");
    }

    private void Write(IEnumerable<byte[]> packets) => File.WriteAllBytes(CaptureName, CaptureFiles.OfBalancer(packets));

    private string[] Fields(params string[] names) =>
        Tshark([.. ((string[])["-T", "fields", "-E", "separator=|"]), .. names.SelectMany(name => (string[])["-e", $"toa.{name}"])])
            .Split('\n')[..^1];

    private string Tshark(params string[] arguments) =>
        Output("tshark", ["-r", CaptureName, "-X", $"lua_script:{s_plugin}", .. arguments]);

    private static string Output(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.Should().Be(0, error.Result);
        return output;
    }

    [GeneratedRegex(@"^\| `([a-z-]+)`", RegexOptions.Multiline)]
    private static partial Regex Vendor();

    [GeneratedRegex(@"^TCP Option Address: .*\n(    .*\n)*", RegexOptions.Multiline)]
    private static partial Regex Plugin();
}
