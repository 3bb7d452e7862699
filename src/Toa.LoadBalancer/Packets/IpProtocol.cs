namespace Toa.LoadBalancing.Packets;

/// <summary>The protocol numbers that the balancer knows.</summary>
internal static class IpProtocol
{
    public const byte Icmp = 1;
    public const byte Tcp = 6;
    public const byte IcmpV6 = 58;

    /// <summary>Whether the number is an IPv6 extension header that may precede TCP (RFC 7045).</summary>
    public static bool IsExtensionHeader(byte protocol) =>
        protocol is 0 or 43 or 44 or 50 or 51 or 60 or 135 or 139 or 140;
}
