using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using Toa.Injector;

namespace Toa.Scenarios;

/// <summary>What one vendor's balancer writes, byte for byte, and what it says. Written by hand: no table is used.</summary>
/// <param name="Vendor">The value of the setting that reads it.</param>
/// <param name="Bytes">The options of a segment, in hexadecimal.</param>
/// <param name="Client">The client.</param>
/// <param name="Format">The number of the format in toa_info.</param>
/// <param name="FormatName">Its name in toa_table.</param>
/// <param name="Virtual">The address to which the client connected; null if the bytes do not say it.</param>
/// <param name="NetworkId">The id of the virtual network; 0 if the bytes do not say it.</param>
internal sealed record GoldenFormat(
    string Vendor, string Bytes, IPEndPoint Client, byte Format, string FormatName, IPEndPoint? Virtual = null, uint NetworkId = 0)
{
    private const string IPv4Client = "15b3" + IPv4Address, IPv4Address = "c000020a";
    private const string IPv6Client = "9c40" + IPv6Address, IPv6Address = "20010db80000000000000000000a0001";
    private const string VirtualPortAndIPv4 = "01bb" + VirtualIPv4, VirtualIPv4 = "cb007107";
    private const string VirtualIPv6 = "20010db800ff00000000000000000005";

    private static readonly IPEndPoint s_ipv4 = IPEndPoint.Parse("192.0.2.10:5555"), s_ipv6 = IPEndPoint.Parse("[2001:db8::a:1]:40000");
    private static readonly IPEndPoint s_ipv4NoPort = new(s_ipv4.Address, 0), s_ipv6NoPort = new(s_ipv6.Address, 0);
    private static readonly IPEndPoint s_virtual = IPEndPoint.Parse("203.0.113.7:443");

    public static IReadOnlyList<GoldenFormat> All { get; } =
    [
        IPv4("tencent", "c808"),
        IPv6("tencent", "fd14"),
        IPv4("huawei", "fe08"),
        IPv6("huawei", "fd14"),
        IPv6("huawei", "fe14"),
        IPv4("dpvs", "fe08"),
        IPv6("dpvs", "fe14"),
        IPv4("baidu", "fe08"),
        IPv4("china-mobile", "c808"),
        IPv4("ucloud", "c808"),
        IPv4("ucloud", "fc08"),
        IPv4("ucloud", "fd08"),
        IPv4("ucloud", "fe08"),
        IPv4("77/8", "4d08"),
        IPv6("77/20", "4d14"),
        // As a balancer wrote it: the id is 0x002ca84f, and the padding is not zero.
        new("alibaba-vpc", "fc14" + IPv4Client + "4fa82c00" + VirtualIPv4 + "01bb" + "0101", s_ipv4, 3, "alibaba-vpc", s_virtual, 2926671),
        IPv4("alibaba-vpc", "fe08"),
        new("alibaba-vpc", "fe08" + IPv4Client + "fa08" + VirtualPortAndIPv4, s_ipv4, 1, "ipv4", s_virtual),
        // The client's own option has a virtual address already.
        new("alibaba-vpc", "fc14" + IPv4Client + "4fa82c00" + VirtualIPv4 + "01bb" + "0000" + "fa08" + "00160a000001", s_ipv4, 3,
            "alibaba-vpc", s_virtual, 2926671),
        IPv4("alibaba-ddos", "fe08"),
        new("alibaba-ddos", "f928" + IPv6Client + "123456" + "00" + VirtualIPv6, s_ipv6, 4, "alibaba-ddos",
            IPEndPoint.Parse("[2001:db8:ff::5]:0"), 1193046),
        new("bytedance", "fe10" + IPv4Client + "0000" + VirtualPortAndIPv4, s_ipv4, 5, "bytedance", s_virtual),
        new("akamai", "1c07" + "01" + IPv4Address + "01", s_ipv4NoPort, 6, "akamai-ipv4"),
        new("akamai", "1c13" + "01" + IPv6Address + "01", s_ipv6NoPort, 7, "akamai-ipv6"),
        new("alibaba-cdn", "01" + "1c07" + "01" + IPv4Address, s_ipv4NoPort, 6, "akamai-ipv4"),
        new("netscaler", "01" + "1c13" + "01" + IPv6Address, s_ipv6NoPort, 7, "akamai-ipv6"),
        IPv4("tencent-vpc", "c808"),
        new("tencent-vpc", "c808" + IPv4Client + "0101" + "c906" + "78563412" + "ca08" + VirtualPortAndIPv4, s_ipv4, 1, "ipv4", s_virtual,
            0x12345678),
        // In another order, and each twice: the first one counts.
        new("tencent-vpc", "ca08" + VirtualPortAndIPv4 + "ca08" + "00160a000001" + "c906" + "01000000" + "c906" + "02000000" + "c808" + IPv4Client
            + "01010101", s_ipv4, 1, "ipv4", s_virtual, 1),
    ];

    /// <summary>A setting that reads all of them.</summary>
    public const string EverySetting =
        "tencent,tencent-vpc,alibaba-vpc,alibaba-ddos,bytedance,akamai,dpvs,huawei,252/8,253/8,77/8,77/20";

    /// <summary>The first option.</summary>
    public byte Kind => Option[First];

    public byte Length => Option[First + 1];

    public bool HasIPv4 => Client.AddressFamily == AddressFamily.InterNetwork;

    public OptionBytes OptionBytes => OptionBytes.Raw(Option);

    /// <summary>The client's option without its last three bytes, which its length byte says.</summary>
    public OptionBytes Shortened()
    {
        byte[] option = Option[First..(First + Length - 3)];
        option[1] -= 3;
        return OptionBytes.Raw(option).PadAfter();
    }

    /// <summary>The first bytes of the client's option, at the end of the header. Of more, some kernels drop the segment.</summary>
    public OptionBytes CutOff() => OptionBytes.Raw(Option.AsSpan(First, 4));

    public Expectation Expected(IPEndPoint balancer) => HasIPv4 ? Expectation.Ipv4(Client) : Expectation.Ipv6(Client, balancer);

    public ToaInfo Info(IPEndPoint balancer) =>
        new(Kind, Length, Client, balancer, Format, Virtual ?? ToaInfo.NoEndPoint, NetworkId);

    public override string ToString() => $"{Vendor}: {Bytes}";

    private byte[] Option => Convert.FromHexString(Bytes);

    /// <summary>Where the option with the client begins.</summary>
    private int First => Bytes.StartsWith("ca08", StringComparison.Ordinal) ? 28 : Bytes.StartsWith("01", StringComparison.Ordinal) ? 1 : 0;

    private static GoldenFormat IPv4(string vendor, string head) => new(vendor, head + IPv4Client, s_ipv4, 1, "ipv4");

    private static GoldenFormat IPv6(string vendor, string head) => new(vendor, head + IPv6Client, s_ipv6, 2, "ipv6");
}
