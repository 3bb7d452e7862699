using System;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Doctor;

/// <summary>The doctor's findings about the formats of options, and the settings that it suggests.</summary>
public sealed class FormatChecksTests : IDisposable
{
    private const string Way = ", from 198.51.100.7:1024 to 192.0.2.1:7000 on data";

    private const string Companion = "ca0801bbcb007109";

    private readonly FakeMachine _machine = new FakeMachine().WithModule();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData("baidu", "Y", "3", true)]
    [InlineData("baidu", "Y", "1", false)]
    [InlineData("baidu", "N", "3", false)]
    [InlineData("tencent", "Y", "3", false)]
    public async Task Kind_254_on_SYNs_shares_its_kind_with_experimental_Fast_Open(string formats, string syn, string fastOpen, bool isShared)
    {
        _machine.Write("sys/module/toa/parameters/formats", formats + "\n").Write("sys/module/toa/parameters/syn", syn + "\n")
            .Write("proc/sys/net/ipv4/tcp_fastopen", fastOpen + "\n");

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        if (isShared)
            found.Only("TOA31", "TOA310", "TOA313").Seen.Should().Be("formats=baidu, syn=Y, net.ipv4.tcp_fastopen=3.");
        else
            found.Only("TOA31", "TOA310");
    }

    [Theory]
    [InlineData("fe1015b3c000020a000001bbcb007109", "kind 254, length 16, format bytedance (bytedance), client 192.0.2.10:5555, virtual address 203.0.113.9:443", "tencent,bytedance", "")]
    [InlineData("1c0701c000020a", "kind 28, length 7, format akamai-ipv4 (alibaba-cdn, akamai, netscaler), client 192.0.2.10:0", "tencent,alibaba-cdn", "alibaba-cdn: akamai, netscaler")]
    [InlineData("1c130120010db8000000000000000000000001", "kind 28, length 19, format akamai-ipv6 (alibaba-cdn, akamai, netscaler), client [2001:db8::1]:0", "tencent,alibaba-cdn", "alibaba-cdn: akamai, netscaler")]
    [InlineData("f92815b320010db80000000000000000000000010102030020010db8000000000000000000000009", "kind 249, length 40, format alibaba-ddos (alibaba-ddos), client [2001:db8::1]:5555, virtual address [2001:db8::9]:0, network id 66051", "tencent,alibaba-ddos", "")]
    [InlineData("fe149c4020010db8000000000000000000000001", "kind 254, length 20, format ipv6 (dpvs, huawei), client [2001:db8::1]:40000", "tencent,dpvs", "dpvs: huawei")]
    [InlineData("fe0815b3c000020a", "kind 254, length 8, format ipv4 (alibaba-vpc, alibaba-ddos, baidu, dpvs, huawei, ucloud), client 192.0.2.10:5555", "tencent,baidu", "baidu: dpvs, alibaba-ddos, huawei, alibaba-vpc, ucloud")]
    [InlineData("fc1415b3c000020a07000000cb00710901bb0000", "kind 252, length 20, format alibaba-vpc (alibaba-vpc), client 192.0.2.10:5555, virtual address 203.0.113.9:443, network id 7, or format ipv6, client [c000:20a:700:0:cb00:7109:1bb:0]:5555", "tencent,alibaba-vpc", "alibaba-vpc: 252/20")]
    public async Task An_option_that_is_not_read_is_named_with_the_setting_that_reads_it(string bytes, string option, string formats, string others)
    {
        Receive(bytes);

        Diagnosis found = await Diagnosis.OfAsync(_machine);

        found.Ids.Where(id => id.StartsWith("TOA7")).Should().Equal("TOA700", "TOA705");
        found["TOA700"].Seen.Should().Be($"{option}{Way}.");
        found["TOA705"].Seen.Should().Be($"{option}{Way}. The provider reads formats=tencent.");
        found["TOA705"].Next.Should().Be(
            $"Set the provider to read these options: echo {formats} > /sys/module/toa/parameters/formats"
            + $"{(others.Length > 0 ? $" (or instead of {others})" : "")}. Remove tencent if it is not your balancer's.");
    }

    [Theory]
    [InlineData("tencent,bytedance", "fe1015b3c000020a000001bbcb007109")]
    [InlineData("netscaler", "1c0701c000020a")]
    [InlineData("alibaba-vpc", "fc1415b3c000020a07000000cb00710901bb0000")]
    [InlineData("252/20", "fc149c4020010db8000000000000000000000001")]
    [InlineData("99/8", "630815b3c000020a")]
    public async Task An_option_that_is_read_is_no_complaint(string formats, string bytes)
    {
        _machine.Write("sys/module/toa/parameters/formats", formats + "\n");
        Receive(bytes);

        (await Diagnosis.OfAsync(_machine)).Only("TOA7", "TOA700");
    }

    [Fact]
    public async Task A_format_that_the_setting_reads_with_another_meaning_is_replaced_in_the_suggestion()
    {
        _machine.Write("sys/module/toa/parameters/formats", "tencent,250/8,99/8\n");
        Receive("fc1415b3c000020a07000000cb00710901bb0000");

        (await Diagnosis.OfAsync(_machine))["TOA705"].Next.Should().Be(
            "Set the provider to read these options: echo tencent,99/8,alibaba-vpc > /sys/module/toa/parameters/formats (without 250/8, which "
            + "cannot be set together with alibaba-vpc) (or instead of alibaba-vpc: 252/20). Remove tencent, 99/8 if it is not your balancer's.");
    }

    [Fact]
    public async Task Several_options_get_one_command_and_what_arrives_stays_in_it()
    {
        Receive("c80815b3c000020a");
        Receive("fe0815b3c000020a");
        Receive("1c0701c000020a");

        (await Diagnosis.OfAsync(_machine))["TOA705"].Next.Should().Be(
            "Set the provider to read these options: echo tencent,baidu,alibaba-cdn > /sys/module/toa/parameters/formats "
            + "(or instead of baidu: dpvs, alibaba-ddos, huawei, alibaba-vpc, ucloud; instead of alibaba-cdn: akamai, netscaler).");
    }

    [Theory]
    [InlineData("tencent,newer")]
    [InlineData(null)]
    public async Task A_setting_that_is_not_known_is_not_replaced(string? formats)
    {
        if (formats is null)
            _machine.WriteUnreadable("sys/module/toa/parameters/formats");
        else
            _machine.Write("sys/module/toa/parameters/formats", formats + "\n");
        Receive("630815b3c000020a");

        (await Diagnosis.OfAsync(_machine)).Only("TOA7", "TOA711").Next.Should().Contain("kind 99, length 8, packets 1: add 99/8 to formats.");
    }

    [Theory]
    [InlineData("", "", "c80815b3c000020a")]
    [InlineData("", "", "630815b3c000020a")]
    [InlineData(" --formats dpvs", " (or instead of dpvs: huawei)", "fe0815b3c000020a", "fe149c4020010db8000000000000000000000001")]
    [InlineData(" --formats tencent,bytedance", "", "c80815b3c000020a", "fe1015b3c000020a000001bbcb007109")]
    public async Task Without_a_provider_the_command_that_loads_one_has_the_formats_that_arrive(string formats, string others, params string[] options)
    {
        using FakeMachine machine = new();
        foreach (string option in options)
            machine.Packets.Add(TcpPackets.Build(Convert.FromHexString(option), data: "x"));

        Diagnosis found = await Diagnosis.OfAsync(machine);

        found["TOA111"].Next.Should().Be(
            $"Install the eBPF provider (toa provider install --kind ebpf --trusted YOUR-BALANCERS{formats}), or the module (toa provider install "
            + $"--trusted YOUR-BALANCERS{formats}, then toa provider load). See docs/operate/choose-a-provider.md.");
        if (found.Ids.Contains("TOA700"))
            found["TOA700"].Next.Should().Be(formats.Length > 0 ? $"Load a provider with{formats}{others}. See TOA111." : "");
    }

    [Fact]
    public async Task The_readings_are_in_the_JSON_output()
    {
        Receive("fc1415b3c000020a07000000cb00710901bb0000");

        JsonElement[] readings =
        [
            .. (await Diagnosis.OfAsync(_machine)).Json.GetProperty("capture").GetProperty("options")[0].GetProperty("readings").EnumerateArray(),
        ];

        readings.Select(reading => reading.GetRawText()).Select(text => string.Concat(text.Where(character => !char.IsWhiteSpace(character)))).Should().Equal(
            """{"format":"alibaba-vpc","vendors":["alibaba-vpc"],"client":"192.0.2.10:5555","virtual":"203.0.113.9:443","networkId":7}""",
            """{"format":"ipv6","vendors":[],"client":"[c000:20a:700:0:cb00:7109:1bb:0]:5555","virtual":null,"networkId":null}""");
    }

    [Fact]
    public async Task Options_without_a_client_are_shown_beside_one_that_has_a_client()
    {
        Receive("c80815b3c000020a" + Companion + "c90607000000");

        (await Diagnosis.OfAsync(_machine)).Only("TOA7", "TOA700").Seen.Should().EndWith(
            $"; kind 202, length 8, format virtual (tencent-vpc), virtual address 203.0.113.9:443{Way}; "
            + $"kind 201, length 6, format network (tencent-vpc), network id 7{Way}.");
    }

    [Fact]
    public async Task Options_without_a_client_do_not_hide_that_no_client_arrives()
    {
        _machine.Packets.Add(TcpPackets.Syn(2, 4, 5, 180));
        Receive(Companion);

        (await Diagnosis.OfAsync(_machine)).Only("TOA7", "TOA702").Seen.Should().Be(
            "In 5 s: 2 TCP segments, 1 of them SYNs, and no known TOA option with a client. Without a client: "
            + $"kind 202, length 8, format virtual (tencent-vpc), virtual address 203.0.113.9:443{Way}.");
    }

    [Fact]
    public async Task A_Fast_Open_cookie_is_no_TOA_option()
    {
        _machine.Packets.Add(TcpPackets.Syn(Convert.FromHexString("fe10f989c000020a000001bbcb007109")));

        (await Diagnosis.OfAsync(_machine)).Only("TOA7", "TOA702").Seen.Should().Be(
            "In 5 s: 1 TCP segments with TCP's own options only, 1 of them SYNs.");
    }

    private void Receive(string bytes) => _machine.Packets.Add(TcpPackets.Build(Convert.FromHexString(bytes), data: "x"));
}
