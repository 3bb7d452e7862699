using System;
using System.Buffers.Binary;
using System.Net;

namespace Toa.Interop;

/// <summary>
/// The 16 bytes of struct in6_addr as a number; IPv4 addresses are in ::ffff:0:0/96. Comparable, and without heap allocation.
/// </summary>
internal readonly record struct Address128(ulong High, ulong Low) : IComparable<Address128>
{
    public const int Size = 16;
    public const int Bits = 128;

    /// <summary>The offset of an IPv4 address in the 16 bytes.</summary>
    public const int IPv4Offset = 12;

    private const ulong MappedPrefix = 0xffff_0000_0000;

    /// <summary>Whether this is ::ffff:a.b.c.d.</summary>
    public bool IsIPv4 => High == 0 && Low >> 32 == MappedPrefix >> 32;

    /// <summary>Whether this is in fe80::/10, where an address is valid only together with its interface.</summary>
    public bool IsLinkLocal => High >> 54 == 0xfe80 >> 6;

    /// <summary>
    /// Whether a client behind a balancer can have this address. Unspecified, loopback and multicast addresses are not valid:
    /// programs that trust loopback as their own machine would trust a forged TOA option.
    /// </summary>
    public bool CanBeClient => IsIPv4
        ? (byte)(Low >> 24) is not (0 or 127 or (>= 224 and <= 239) or 255)
        : High >> 56 != 0xff && (High != 0 || Low > 1);

    public static Address128 Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes.Slice(8)));

    public static Address128 ReadIPv4(ReadOnlySpan<byte> bytes) =>
        new(0, MappedPrefix | BinaryPrimitives.ReadUInt32BigEndian(bytes));

    public static Address128 From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[Size];
#if NETSTANDARD2_0
        byte[] copy = address.GetAddressBytes();
        copy.CopyTo(bytes);
        int size = copy.Length;
#else
        address.TryWriteBytes(bytes, out int size);
#endif
        return size == Size ? Read(bytes) : ReadIPv4(bytes);
    }

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.Slice(8), Low);
    }

    /// <summary>The address as an IPAddress; IPv4 if it is IPv4-mapped.</summary>
    public IPAddress ToIPAddress(uint scopeId = 0)
    {
        Span<byte> bytes = stackalloc byte[Size];
        Write(bytes);
        ReadOnlySpan<byte> own = IsIPv4 ? bytes.Slice(IPv4Offset) : bytes;
#if NETSTANDARD2_0
        return IsIPv4 ? new IPAddress(own.ToArray()) : new IPAddress(own.ToArray(), scopeId);
#else
        return IsIPv4 ? new IPAddress(own) : new IPAddress(own, scopeId);
#endif
    }

    /// <summary>This address with all bits after a prefix cleared.</summary>
    public Address128 First(int prefixLength) => new(High & Mask(prefixLength), Low & Mask(prefixLength - 64));

    /// <summary>This address with all bits after a prefix set.</summary>
    public Address128 Last(int prefixLength) => new(High | ~Mask(prefixLength), Low | ~Mask(prefixLength - 64));

    public int CompareTo(Address128 other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    /// <summary>A mask with this number of leading ones.</summary>
    private static ulong Mask(int length) => length <= 0 ? 0 : length >= 64 ? ulong.MaxValue : ulong.MaxValue << (64 - length);
}
