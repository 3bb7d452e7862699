namespace Toa.LoadBalancing.Icmp;

/// <summary>
/// Type, code, and the four bytes behind the checksum: an MTU, a pointer, or nothing. Of whichever version the packet is.
/// </summary>
internal readonly record struct IcmpError(byte Type, byte Code, uint Rest)
{
    /// <summary>ICMP's pointer stands in the first of the four bytes.</summary>
    public byte PointerIPv4 => (byte)(Rest >> 24);

    /// <summary>ICMP's MTU of the next hop stands in the last two.</summary>
    public int MtuIPv4 => (ushort)Rest;
}
