namespace Toa.LoadBalancing.Icmp;

/// <summary>
/// Type, code, and the four bytes after the checksum: an MTU, a pointer, or unused. For ICMP or ICMPv6.
/// </summary>
internal readonly record struct IcmpError(byte Type, byte Code, uint Rest)
{
    /// <summary>ICMP has the pointer in the first of the four bytes.</summary>
    public byte PointerIPv4 => (byte)(Rest >> 24);

    /// <summary>ICMP has the MTU of the next hop in the last two bytes.</summary>
    public int MtuIPv4 => (ushort)Rest;
}
