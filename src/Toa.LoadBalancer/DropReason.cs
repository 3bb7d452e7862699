namespace Toa.LoadBalancing;

/// <summary>Why a packet was dropped.</summary>
public enum DropReason
{
    /// <summary>The packet was forwarded. Never counted.</summary>
    None,

    /// <summary>The packet is shorter than its headers say.</summary>
    Truncated,

    /// <summary>Neither IPv4 nor IPv6, or an invalid length in the header.</summary>
    BadIPHeader,

    /// <summary>The IPv4 header's checksum is wrong.</summary>
    BadIPChecksum,

    /// <summary>An IPv4 header with options, which are not translated.</summary>
    IPOptions,

    /// <summary>An IPv4 fragment. TCP avoids fragments, and this balancer does not reassemble them.</summary>
    Fragment,

    /// <summary>An IPv6 packet with an extension header, for example a fragment.</summary>
    ExtensionHeader,

    /// <summary>An invalid source (multicast, loopback, port 0), or an IPv4-mapped address on the wire.</summary>
    BadAddress,

    /// <summary>Neither TCP nor an ICMP error.</summary>
    NotTcp,

    /// <summary>The destination is neither a virtual address nor a source address of the balancer.</summary>
    NotOurs,

    /// <summary>A TCP header that is truncated, or whose length is invalid.</summary>
    BadTcpHeader,

    /// <summary>An invalid combination of TCP flags, or no flags.</summary>
    BadTcpFlags,

    /// <summary>A TCP option that is shorter than two bytes, or that runs past the header.</summary>
    BadTcpOptions,

    /// <summary>No listener has this port of the virtual address. Answered with a reset.</summary>
    NoListener,

    /// <summary>A segment that belongs to no flow and is not a SYN. Answered with a reset.</summary>
    NoFlow,

    /// <summary>A SYN for which no flow was opened; <see cref="FlowRefusal"/> says why.</summary>
    FlowRefused,

    /// <summary>The time to live, or hop limit, is used up.</summary>
    HopLimit,

    /// <summary>Too big for the other side, and must not be fragmented. Answered with an ICMP error.</summary>
    TooBig,

    /// <summary>An ICMP message that is too short, or whose checksum is wrong.</summary>
    BadIcmp,

    /// <summary>An ICMP message that is not an error, or that has no equivalent in the other version.</summary>
    IcmpIgnored,

    /// <summary>An ICMP error that belongs to no flow.</summary>
    IcmpNoFlow,
}
