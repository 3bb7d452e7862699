using System.Collections.Generic;
using System.Linq;
using Toa.LoadBalancing.Options;

namespace Toa.LoadBalancing;

/// <content>
/// The vendors. This table is the balancer's own: its tests would prove nothing if it shared one with the readers.
/// </content>
public sealed partial class ToaOptionFormat
{
    /// <summary>Tencent Cloud CLB: 200/8 for IPv4 clients (hybrid cloud), 253/20 for IPv6 clients (NAT64).</summary>
    public static ToaOptionFormat Tencent { get; } = new("tencent", new(IPv4(200)), new(IPv6(253)));

    /// <summary>Tencent Cloud in a VPC: 200/8, 201/6 with the VPC id, 202/8 with the virtual address. IPv4 only.</summary>
    public static ToaOptionFormat TencentVpc { get; } = new(
        "tencent-vpc",
        new(IPv4(200), new(201, 6, OptionLayouts.NetworkId) { IsPaddedBefore = true }, Virtual(202)),
        ipv6: null);

    /// <summary>Alibaba Cloud SLB in a VPC: 252/20 with client, VPC id and virtual address. IPv4 only.</summary>
    public static ToaOptionFormat AlibabaVpc { get; } = new(
        "alibaba-vpc", new(new ToaOption(252, 20, OptionLayouts.AlibabaVpc)), ipv6: null, IPv4(254), Virtual(250));

    /// <summary>
    /// Alibaba Cloud Anti-DDoS: 254/8 for IPv4 clients, and 249/40 with client, VPC id (24 bits) and virtual address for IPv6
    /// clients.
    /// </summary>
    public static ToaOptionFormat AlibabaDdos { get; } = new(
        "alibaba-ddos", new(IPv4(254)), new(new ToaOption(249, 40, OptionLayouts.AlibabaDdos) { NetworkIdBits = 24 }));

    /// <summary>Alibaba Cloud CDN: 28/7 and 28/19, without the client's port.</summary>
    public static ToaOptionFormat AlibabaCdn { get; } = new("alibaba-cdn", new(AkamaiIPv4), new(AkamaiIPv6));

    /// <summary>Akamai: 28/7 and 28/19, without the client's port.</summary>
    public static ToaOptionFormat Akamai { get; } = new("akamai", new(AkamaiIPv4), new(AkamaiIPv6));

    /// <summary>NetScaler: 28/7 and 28/19, without the client's port.</summary>
    public static ToaOptionFormat NetScaler { get; } = new("netscaler", new(AkamaiIPv4), new(AkamaiIPv6));

    /// <summary>Baidu AI Cloud BLB: 254/8. IPv4 only.</summary>
    public static ToaOptionFormat Baidu { get; } = new("baidu", new(IPv4(254)), ipv6: null);

    /// <summary>ByteDance, Volcano Engine: 254/16 with client and virtual address. IPv4 only.</summary>
    public static ToaOptionFormat ByteDance { get; } = new(
        "bytedance", new(new ToaOption(254, 16, OptionLayouts.ByteDance)), ipv6: null);

    /// <summary>China Mobile Cloud: 200/8. IPv4 only.</summary>
    public static ToaOptionFormat ChinaMobile { get; } = new("china-mobile", new(IPv4(200)), ipv6: null);

    /// <summary>DPVS: 254/8 and 254/20.</summary>
    public static ToaOptionFormat Dpvs { get; } = new("dpvs", new(IPv4(254)), new(IPv6(254)));

    /// <summary>Huawei Cloud ELB: 254/8 and 253/20.</summary>
    public static ToaOptionFormat Huawei { get; } = new("huawei", new(IPv4(254)), new(IPv6(253)), IPv6(254));

    /// <summary>UCloud ULB: 200/8. IPv4 only.</summary>
    public static ToaOptionFormat UCloud { get; } = new(
        "ucloud", new(IPv4(200)), ipv6: null, IPv4(252), IPv4(253), IPv4(254));

    internal static IReadOnlyList<ToaOptionFormat> Vendors { get; } =
    [
        Tencent, TencentVpc, AlibabaVpc, AlibabaDdos, AlibabaCdn, Akamai, NetScaler, Baidu, ByteDance, ChinaMobile, Dpvs,
        Huawei, UCloud,
    ];

    private static ToaOption AkamaiIPv4 => new(28, 7, OptionLayouts.Akamai);

    private static ToaOption AkamaiIPv6 => new(28, 19, OptionLayouts.Akamai);

    private static IEnumerable<ToaOptionFormat> ForIPv6 => Vendors.Where(vendor => vendor._ipv6 is not null);

    private static ToaOption IPv4(byte kind) => new(kind, 8, OptionLayouts.Client);

    private static ToaOption IPv6(byte kind) => new(kind, 20, OptionLayouts.Client);

    private static ToaOption Virtual(byte kind) => new(kind, 8, OptionLayouts.VirtualAddress);
}
