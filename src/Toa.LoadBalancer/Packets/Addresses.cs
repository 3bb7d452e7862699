using System;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Toa.LoadBalancing.Packets;

/// <summary>Addresses as 128-bit numbers. IPv4 addresses are IPv4-mapped (::ffff:a.b.c.d).</summary>
internal static class Addresses
{
    private const ulong MappedPrefix = 0xffff_0000_0000;

    public static UInt128 FromIPv4(uint address) => new(0, MappedPrefix | address);

    public static bool IsIPv4(UInt128 address) => address >> 32 == 0xffff;

    public static UInt128 From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        return length == 4
            ? FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    public static IPAddress ToIPAddress(UInt128 address)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, address);
        return new IPAddress(IsIPv4(address) ? bytes[12..] : bytes);
    }

    public static UInt128 LowestOf(AddressPrefix prefix)
    {
        int hostBits = (prefix.Address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128) - prefix.Length;
        return hostBits == 128 ? 0 : From(prefix.Address) >> hostBits << hostBits;
    }

    /// <summary>
    /// Whether the address is valid as a packet's source. It is not if it is unspecified, multicast or loopback: an answer would
    /// go nowhere, to many hosts, or to the balancer's own machine.
    /// </summary>
    public static bool CanBeSource(UInt128 address) => IsIPv4(address)
        ? CanBeIPv4Source((uint)address)
        : address > 1 && (byte)(address >> 120) != 0xff;

    private static bool CanBeIPv4Source(uint address) => (address >> 24) is > 0 and not 127 and < 224;
}
