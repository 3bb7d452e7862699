using System;
using System.Net;
using System.Runtime.InteropServices;

namespace Toa.Interop;

/// <summary>The 16 bytes of struct in6_addr.</summary>
internal static class IPv6Bytes
{
    public const int Size = 16;

    // ::ffff:0:0/96, where the IPv4 addresses live.
    private const int MappedPrefixSize = 12;
    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    private static ReadOnlySpan<byte> Unspecified => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    private static ReadOnlySpan<byte> Loopback => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

    /// <summary>
    /// Whether a balancer can have had a client of this address: unspecified, loopback and multicast ones never are,
    /// and programs that treat loopback as their own machine would trust whoever forged one.
    /// </summary>
    public static bool CanBeClient(ReadOnlySpan<byte> address) =>
        IsMapped(address)
            ? address[MappedPrefixSize] is not (0 or 127 or (>= 224 and <= 239) or 255)
            : address[0] != 0xff && !address.SequenceEqual(Unspecified) && !address.SequenceEqual(Loopback);

    /// <summary>The address as .NET has it; IPv4 where it is an IPv4-mapped one.</summary>
    public static IPAddress ToIPAddress(ReadOnlySpan<byte> address, uint scopeId = 0)
    {
        if (IsMapped(address))
            return new IPAddress((long)MemoryMarshal.Read<uint>(address.Slice(MappedPrefixSize)));
#if NETSTANDARD2_0
        return new IPAddress(address.ToArray(), scopeId);
#else
        return new IPAddress(address, scopeId);
#endif
    }

    private static bool IsMapped(ReadOnlySpan<byte> address) =>
        address.Slice(0, MappedPrefixSize).SequenceEqual(MappedPrefix);
}
