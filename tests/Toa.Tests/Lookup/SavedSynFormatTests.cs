using System;
using System.Net;
using FluentAssertions;
using Toa.Internal;
using Toa.Interop;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Lookup;

/// <summary>Each format on a saved SYN. The bytes are written by hand according to native/include/toa_format.h.</summary>
public sealed class SavedSynFormatTests
{
    private const string Vpc = "fc14 15b3 c000020a 4d000000 cb007150 01bb 0000";
    private const string Ddos = "f928 9c40 20010db8000000000000000000000001 00004d 00 20010db8000000000000000000000080";
    private const string ByteDance = "fe10 15b3 c000020a 0000 01bb cb007150";
    private const string Virtual = "fa08 01bb cb007150";
    private const string TencentVirtual = "ca08 01bb cb007150";
    private const string TencentNetwork = "c906 4d000000";

    private static readonly IPEndPoint Balancer = IPEndPoint.Parse("198.51.100.7:1024");

    [Theory]
    [InlineData("tencent", "c808 15b3 c000020a", ToaFormat.IPv4, "192.0.2.10:5555", null, null)]
    [InlineData("huawei", "fe14 9c40 20010db8000000000000000000000001", ToaFormat.IPv6, "[2001:db8::1]:40000", null, null)]
    [InlineData("99/8", "6308 15b3 c000020a", ToaFormat.IPv4, "192.0.2.10:5555", null, null)]
    [InlineData("alibaba-vpc", Vpc, ToaFormat.AlibabaVpc, "192.0.2.10:5555", "203.0.113.80:443", 77u)]
    [InlineData("alibaba-ddos", Ddos, ToaFormat.AlibabaDdos, "[2001:db8::1]:40000", "[2001:db8::80]:0", 77u)]
    [InlineData("bytedance", ByteDance, ToaFormat.ByteDance, "192.0.2.10:5555", "203.0.113.80:443", null)]
    [InlineData("akamai", "1c07 00 c000020a", ToaFormat.AkamaiIPv4, "192.0.2.10:0", null, null)]
    [InlineData("netscaler", "1c13 00 20010db8000000000000000000000001", ToaFormat.AkamaiIPv6, "[2001:db8::1]:0", null, null)]
    [InlineData("alibaba-vpc", "fe08 15b3 c000020a" + Virtual, ToaFormat.IPv4, "192.0.2.10:5555", "203.0.113.80:443", null)]
    [InlineData("tencent-vpc", TencentNetwork + TencentVirtual + "c808 15b3 c000020a", ToaFormat.IPv4, "192.0.2.10:5555", "203.0.113.80:443", 77u)]
    public void It_is_read(string formats, string options, ToaFormat format, string client, string? virtualEnd, uint? networkId)
    {
        ToaResolution found = Read(formats, options);

        found.Client.ToIPEndPoint().Should().Be(IPEndPoint.Parse(client));
        found.Format.Should().Be(format);
        found.VirtualEndPoint.ToString().Should().Be(virtualEnd ?? "");
        found.VirtualEndPoint.Source.Should().Be(virtualEnd is null ? ToaSource.None : found.Client.Source);
        found.NetworkId.Should().Be(networkId);
        found.FallbackReason.Should().Be(ToaFallbackReason.None);
        found.TransportPeer.ToIPEndPoint().Should().Be(Balancer);
    }

    [Theory]
    [InlineData("tencent", "fe08 15b3 c000020a")] // a kind that is not read
    [InlineData("huawei", "c808 15b3 c000020a")]
    [InlineData("alibaba-vpc", Virtual)] // no option with a client
    [InlineData("tencent-vpc", TencentNetwork + TencentVirtual)]
    [InlineData("alibaba-vpc", "fc14 0000 c000020a 4d000000 cb007150 01bb 0000")] // port 0
    [InlineData("bytedance", "fe10 0000 c000020a 0000 01bb cb007150")]
    [InlineData("akamai", "1c07 00 7f000001")] // loopback
    [InlineData("akamai", "1c13 00 00000000000000000000000000000001")]
    [InlineData("akamai", "1c08 00 c000020a 00")] // another length
    [InlineData("bytedance", "fe0f 15b3 c000020a 0000 01bb cb0071")]
    [InlineData("bytedance", "fe10 15b3 c000020a 0000 01bb")] // exceeds the header
    [InlineData("alibaba-ddos", "f928 9c40 20010db8000000000000000000000001")]
    public void There_is_no_client(string formats, string options)
    {
        HasNoClient(Read(formats, options));
    }

    [Theory]
    [InlineData("fe08 f989 cb007101")]
    [InlineData("fe14 f989 20010db8000000000000000000000002")]
    [InlineData("fe10 f989 cb007101 0000 01bb cb007150")]
    public void What_may_be_the_experimental_Fast_Open_option_is_not_a_client(string cookie)
    {
        const string Formats = "dpvs,bytedance,tencent,tencent-vpc", Forged = "fe08 15b3 c000020a";

        HasNoClient(Read(Formats, cookie + TencentVirtual));
        // If the balancer wrote it, for a client with port 63881, the next option is the client's own.
        HasNoClient(Read(Formats, cookie + Forged));
        HasNoClient(Read(Formats, cookie + "c808 15b3 c000020a"));
        Read(Formats, Forged + cookie).Client.ToString().Should().Be("192.0.2.10:5555", "the first one wins");
    }

    [Theory]
    [InlineData("fe0a f989 c000020a 0000")] // a cookie of 6 bytes
    [InlineData("fe04 f989")]
    public void One_of_another_length_ends_nothing(string cookie)
    {
        HasNoClient(Read("dpvs", cookie));
        Read("dpvs", cookie + "fe08 15b3 c000020a").Client.ToString().Should().Be("192.0.2.10:5555");
    }

    [Theory]
    [InlineData("fe08 f988 c000020a", "192.0.2.10:63880")]
    [InlineData("fe08 f889 c000020a", "192.0.2.10:63625")]
    [InlineData("c808 f989 c000020a", "192.0.2.10:63881")]
    public void Ports_and_kinds_close_to_it_are_clients(string option, string client)
    {
        Read("dpvs,tencent", option).Client.ToIPEndPoint().Should().Be(IPEndPoint.Parse(client));
    }

    [Fact]
    public void The_first_of_each_wins()
    {
        ToaResolution found = Read(
            "tencent-vpc", TencentVirtual + "ca08 0001 01020304" + "c808 15b3 c000020a" + "c808 0001 01020304" + TencentNetwork);

        found.Client.ToIPEndPoint().Should().Be(IPEndPoint.Parse("192.0.2.10:5555"));
        found.VirtualEndPoint.ToString().Should().Be("203.0.113.80:443");
        found.NetworkId.Should().Be(77);
        Read("tencent-vpc", "c808 15b3 c000020a" + TencentNetwork + "c906 01000000").NetworkId.Should().Be(77);
    }

    [Fact]
    public void The_client_s_own_option_has_priority()
    {
        ToaResolution found = Read("alibaba-vpc,tencent-vpc", "fa08 0001 01020304" + Vpc + "c906 01000000");

        found.VirtualEndPoint.ToString().Should().Be("203.0.113.80:443");
        found.NetworkId.Should().Be(77);
        Read("bytedance,tencent-vpc", ByteDance + TencentNetwork).NetworkId.Should().Be(77, "its own option has none");
    }

    [Fact]
    public void A_malformed_option_ends_the_list()
    {
        Read("tencent-vpc", "c808 15b3 c000020a 0201" + TencentVirtual).VirtualEndPoint.Source.Should().Be(ToaSource.None);
        Read("tencent-vpc", "c808 15b3 c000020a 0201").Client.ToIPEndPoint().Should().Be(IPEndPoint.Parse("192.0.2.10:5555"));
    }

    [Theory]
    [InlineData("alibaba-vpc", Vpc)]
    [InlineData("alibaba-ddos", Ddos)]
    [InlineData("bytedance", ByteDance)]
    [InlineData("akamai", "1c07 00 c000020a")]
    public void An_option_that_is_cut_short_is_not_read(string formats, string option)
    {
        byte[] bytes = Bytes(option);
        for (int length = 1; (length + 3) / 4 * 4 < bytes.Length; length++)
            Read(formats, bytes[..length]).FallbackReason.Should().Be(ToaFallbackReason.NoOption, $"only {length} bytes are there");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void No_bytes_make_it_throw(int seed)
    {
        Random random = new(seed);
        FormatSet formats = new(["alibaba-vpc, tencent-vpc", "akamai", "249/8"]);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] options = new byte[random.Next(10) * 4];
            random.NextBytes(options);
            for (int i = 0; i + 1 < options.Length; i += random.Next(2, 8))
            {
                options[i] = random.GetItems<byte>([0, 1, 28, 200, 201, 202, 249, 250, 252, 254], 1)[0];
                options[i + 1] = random.GetItems<byte>([0, 2, 6, 7, 8, 19, 20, 40], 1)[0];
            }

            SavedSyn.TryRead(Syn.Packet(Balancer, options), false, formats, out ToaResolution found).Should().BeTrue();
            found.Client.Address.CanBeClient.Should().BeTrue();
        }
    }

    private static void HasNoClient(ToaResolution found)
    {
        found.Client.ToIPEndPoint().Should().Be(Balancer);
        found.Client.Source.Should().Be(ToaSource.TransportPeer);
        found.FallbackReason.Should().Be(ToaFallbackReason.NoOption);
        found.Format.Should().Be(ToaFormat.None);
        found.VirtualEndPoint.Source.Should().Be(ToaSource.None);
        found.NetworkId.Should().BeNull();
    }

    private static ToaResolution Read(string formats, string options) => Read(formats, Bytes(options));

    private static ToaResolution Read(string formats, byte[] options)
    {
        SavedSyn.TryRead(Syn.Packet(Balancer, options), mapped: false, new FormatSet([formats]), out ToaResolution found)
            .Should().BeTrue();
        return found;
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", ""));
}
