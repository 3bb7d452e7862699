namespace Toa.LoadBalancing;

/// <summary>Why a packet went no further.</summary>
public enum DropReason
{
    /// <summary>It did go further. Never counted.</summary>
    None,

    /// <summary>Shorter than its headers say.</summary>
    Truncated,

    /// <summary>Neither IPv4 nor IPv6, or with impossible lengths.</summary>
    BadIPHeader,

    /// <summary>The IPv4 header's checksum is wrong.</summary>
    BadIPChecksum,

    /// <summary>An IPv4 header with options, which are not translated.</summary>
    IPOptions,

    /// <summary>An IPv4 fragment. TCP avoids them, and only a balancer that reassembles could translate them.</summary>
    Fragment,

    /// <summary>An IPv6 packet with an extension header, a fragment among others.</summary>
    ExtensionHeader,

    /// <summary>A source that can be nobody's (multicast, loopback, port 0), or an IPv4-mapped address on the wire.</summary>
    BadAddress,

    /// <summary>Neither TCP nor an ICMP error.</summary>
    NotTcp,

    /// <summary>For no virtual address and no source address of the balancer.</summary>
    NotOurs,

    /// <summary>A TCP header that is cut, or whose length is impossible.</summary>
    BadTcpHeader,

    /// <summary>TCP flags that exclude each other, or none.</summary>
    BadTcpFlags,

    /// <summary>A TCP option that is shorter than two bytes, or that runs past the header.</summary>
    BadTcpOptions,

    /// <summary>For a virtual address, but a port that no listener has. Answered by a reset.</summary>
    NoListener,

    /// <summary>A segment of no flow, and no SYN. Answered by a reset.</summary>
    NoFlow,

    /// <summary>A SYN that was not let in; <see cref="FlowRefusal"/> says why.</summary>
    FlowRefused,

    /// <summary>Its time to live, or hop limit, is used up.</summary>
    HopLimit,

    /// <summary>Too big for the other side, and must not be cut. Answered by an ICMP error.</summary>
    TooBig,

    /// <summary>An ICMP message with a wrong checksum, or too short.</summary>
    BadIcmp,

    /// <summary>An ICMP message that has no counterpart on the other side, or that is no error at all.</summary>
    IcmpIgnored,

    /// <summary>An ICMP error about no flow.</summary>
    IcmpNoFlow,
}
