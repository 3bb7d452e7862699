namespace Toa;

/// <summary>The format of a TOA option: its length and the layout of its bytes.</summary>
/// <remarks>
/// Ports and addresses are in network byte order. The first two bytes of each TOA option are its kind and its length. The virtual
/// address is the one to which the client connected, at the balancer.
/// </remarks>
public enum ToaFormat : byte
{
    /// <summary>No TOA option, or a TOA option whose format the provider does not report.</summary>
    None = 0,

    /// <summary>8 bytes: kind, length, the client's port (2), the client's IPv4 address (4).</summary>
    IPv4 = 1,

    /// <summary>20 bytes: kind, length, the client's port (2), the client's IPv6 address (16).</summary>
    IPv6 = 2,

    /// <summary>
    /// 20 bytes: kind, length, the client's port (2), the client's IPv4 address (4), the id of the VPC (4, little-endian), the
    /// virtual IPv4 address (4), its port (2), unused (2). Alibaba Cloud SLB in a VPC writes it.
    /// </summary>
    AlibabaVpc = 3,

    /// <summary>
    /// 40 bytes: kind, length, the client's port (2), the client's IPv6 address (16), the id of the VPC (3, network byte order),
    /// unused (1), the virtual IPv6 address (16). Alibaba Cloud Anti-DDoS writes it.
    /// </summary>
    AlibabaDdos = 4,

    /// <summary>
    /// 16 bytes: kind, length, the client's port (2), the client's IPv4 address (4), unused (2), the virtual port (2), the virtual
    /// IPv4 address (4). ByteDance and Volcano Engine write it.
    /// </summary>
    ByteDance = 5,

    /// <summary>7 bytes: kind, length, unused (1), the client's IPv4 address (4). It has no port. Akamai and others write it.</summary>
    AkamaiIPv4 = 6,

    /// <summary>19 bytes: kind, length, unused (1), the client's IPv6 address (16). It has no port. Akamai and others write it.</summary>
    AkamaiIPv6 = 7,
}
