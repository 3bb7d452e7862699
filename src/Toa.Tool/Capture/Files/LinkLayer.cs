using System;
using System.Buffers.Binary;

namespace Toa.Tool.Capture.Files;

/// <summary>The link headers of captures, by the number of the link type (LINKTYPE_…).</summary>
internal static class LinkLayer
{
    private const int Null = 0, Ethernet = 1, OpenBsdRaw = 12, OldRaw = 14, Raw = 101, Loop = 108, Cooked = 113, IPv4 = 228, IPv6 = 229,
        Cooked2 = 276;

    private const ushort IPv4Protocol = 0x0800, IPv6Protocol = 0x86dd, Vlan = 0x8100, ProviderVlan = 0x88a8, OldProviderVlan = 0x9100;
    private const int EthernetProtocolAt = 12, CookedProtocolAt = 14, Cooked2HeaderSize = 20, FamilySize = 4, VlanTagSize = 4;

    public static bool IsKnown(int linkType) =>
        linkType is Null or Ethernet or OpenBsdRaw or OldRaw or Raw or Loop or Cooked or IPv4 or IPv6 or Cooked2;

    /// <summary>The IP packet in a captured one; empty if that is not an IP packet.</summary>
    public static ReadOnlySpan<byte> FindIP(int linkType, ReadOnlySpan<byte> packet) => linkType switch
    {
        Raw or OldRaw or OpenBsdRaw or IPv4 or IPv6 => packet,
        // A protocol family, which has another number in each system: the version in the IP header is enough.
        Null or Loop => packet.Length > FamilySize ? packet[FamilySize..] : [],
        Ethernet => AfterProtocol(packet, EthernetProtocolAt),
        Cooked => AfterProtocol(packet, CookedProtocolAt),
        Cooked2 => packet.Length > Cooked2HeaderSize ? AfterTags(packet[Cooked2HeaderSize..], ProtocolAt(packet, 0)) : [],
        _ => [],
    };

    private static ushort ProtocolAt(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);

    private static ReadOnlySpan<byte> AfterProtocol(ReadOnlySpan<byte> packet, int at) =>
        packet.Length > at + sizeof(ushort) ? AfterTags(packet[(at + sizeof(ushort))..], ProtocolAt(packet, at)) : [];

    private static ReadOnlySpan<byte> AfterTags(ReadOnlySpan<byte> rest, ushort protocol)
    {
        while (protocol is Vlan or ProviderVlan or OldProviderVlan && rest.Length > VlanTagSize)
        {
            protocol = ProtocolAt(rest, sizeof(ushort));
            rest = rest[VlanTagSize..];
        }

        return protocol is IPv4Protocol or IPv6Protocol ? rest : [];
    }
}
