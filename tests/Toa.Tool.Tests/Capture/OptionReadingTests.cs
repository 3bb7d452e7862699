using System;
using System.Linq;
using FluentAssertions;
using Toa.Tool.Capture;
using Toa.Tool.Formats;
using Toa.Tool.Tests.Support;
using Xunit;

namespace Toa.Tool.Tests.Capture;

/// <summary>The content of an option of each format, and options that may have several formats.</summary>
public sealed class OptionReadingTests
{
    private const string FastOpen8 = "fe08f989c000020a", FastOpen16 = "fe10f989c000020a000001bbcb007109";

    [Theory]
    [InlineData("c80815b3c000020a", "ipv4", "tencent, tencent-vpc, china-mobile, ucloud", "192.0.2.10:5555", null, 0)]
    [InlineData("fe0815b3c000020a", "ipv4", "alibaba-vpc, alibaba-ddos, baidu, dpvs, huawei, ucloud", "192.0.2.10:5555", null, 0)]
    [InlineData("fc0815b3c000020a", "ipv4", "ucloud", "192.0.2.10:5555", null, 0)]
    [InlineData("1c0815b3c000020a", "ipv4", "", "192.0.2.10:5555", null, 0)]
    [InlineData("fd149c4020010db8000000000000000000000001", "ipv6", "tencent, huawei", "[2001:db8::1]:40000", null, 0)]
    [InlineData("63149c4020010db8000000000000000000000001", "ipv6", "", "[2001:db8::1]:40000", null, 0)]
    [InlineData(
        "f92815b320010db800000000000000000000000101020300" + "20010db8000000000000000000000009", "alibaba-ddos", "alibaba-ddos",
        "[2001:db8::1]:5555", "[2001:db8::9]:0", 0x010203)]
    [InlineData("fe1015b3c000020a000001bbcb007109", "bytedance", "bytedance", "192.0.2.10:5555", "203.0.113.9:443", 0)]
    [InlineData("1c0701c000020a", "akamai-ipv4", "alibaba-cdn, akamai, netscaler", "192.0.2.10:0", null, 0)]
    [InlineData("1c130120010db8000000000000000000000001", "akamai-ipv6", "alibaba-cdn, akamai, netscaler", "[2001:db8::1]:0", null, 0)]
    [InlineData("ca0801bbcb007109", "virtual", "tencent-vpc", null, "203.0.113.9:443", 0)]
    [InlineData("fa0801bbcb007109", "virtual", "alibaba-vpc", null, "203.0.113.9:443", 0)]
    [InlineData("c90601020300", "network", "tencent-vpc", null, null, 0x030201)]
    public void An_option_of_each_format_is_read(
        string bytes, string format, string vendors, string? client, string? virtualAddress, int networkId)
    {
        OptionReading reading = Read(bytes).Readings.Should().ContainSingle().Subject;

        Words(reading).Should().Be((format, vendors, client, virtualAddress, (uint)networkId));
    }

    [Fact]
    public void An_option_that_may_have_two_formats_has_both_readings()
    {
        Read("fc1415b3c000020a07000000cb00710901bb0000").Readings.Select(Words).Should().Equal(
            ("alibaba-vpc", "alibaba-vpc", "192.0.2.10:5555", "203.0.113.9:443", 7U),
            ("ipv6", "", "[c000:20a:700:0:cb00:7109:1bb:0]:5555", null, 0U));
    }

    [Theory]
    [InlineData("252/20", "ipv6", "[c000:20a:700:0:cb00:7109:1bb:0]:5555")]
    [InlineData("alibaba-vpc", "alibaba-vpc", "192.0.2.10:5555")]
    public void The_setting_decides_between_two_formats(string formats, string format, string client)
    {
        OptionReading reading = Read("fc1415b3c000020a07000000cb00710901bb0000", formats).Readings.Should().ContainSingle().Subject;

        (reading.Format.Name, reading.Client?.ToString()).Should().Be((format, client));
    }

    [Fact]
    public void An_option_without_a_client_has_one_if_the_setting_says_so()
    {
        ToaOption option = Read("ca0801bbcb007109", "202/8");

        option.IsCompanion.Should().BeFalse();
        option.Readings.Should().ContainSingle().Which.Client!.ToString().Should().Be("203.0.113.9:443");
    }

    [Theory]
    [InlineData(FastOpen8)]
    [InlineData(FastOpen16)]
    [InlineData("fe14f98920010db8000000000000000000000001")]
    public void A_Fast_Open_cookie_is_never_a_TOA_option(string bytes)
    {
        Log(null, TcpPackets.Build(Convert.FromHexString(bytes), syn: true, ack: false), TcpPackets.Build(Convert.FromHexString(bytes), syn: true))
            .Options.Should().BeEmpty();
    }

    [Theory]
    [InlineData(FastOpen8)]
    [InlineData(FastOpen16)]
    public void Behind_the_handshake_the_number_of_Fast_Open_is_a_client_s_port(string bytes)
    {
        Read(bytes).Readings.Should().ContainSingle().Which.Client!.ToString().Should().Be("192.0.2.10:63881");
    }

    [Theory]
    [InlineData("c806c000020a")]
    [InlineData("1c05c00002")]
    [InlineData("fc15000000000000000000000000000000000000ff")]
    public void An_option_of_an_unknown_format_has_no_reading(string bytes)
    {
        Read(bytes).Readings.Should().BeEmpty();
    }

    private static (string, string, string?, string?, uint) Words(OptionReading reading) => (
        reading.Format.Name, string.Join(", ", reading.Vendors), reading.Client?.ToString(), reading.Virtual?.ToString(), reading.NetworkId);

    private static ToaOption Read(string bytes, string? formats = null) =>
        Log(formats, TcpPackets.Build(Convert.FromHexString(bytes))).Options.Should().ContainSingle().Subject.Option;

    private static CaptureLog Log(string? formats, params byte[][] packets)
    {
        CaptureLog log = new([], FormatSetting.Of(formats));
        foreach (byte[] packet in packets)
            log.Record(packet);
        return log;
    }
}
