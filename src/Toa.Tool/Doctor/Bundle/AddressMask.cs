using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;

namespace Toa.Tool.Doctor.Bundle;

/// <summary>
/// Replaces addresses so that two that begin with the same bits still do (Xu, Fan, Ammar, Moon: Prefix-preserving IP address
/// anonymization, 2002). So an address is in a network after it exactly if it was before, and no two addresses become one.
/// </summary>
/// <remarks>
/// Each bit is flipped or not, at random, but always in the same way behind the same bits. The bits that tell private, loopback,
/// multicast and similar addresses from others are never flipped: an address stays of its kind. An IPv4 address has the same
/// replacement inside of an IPv6 address (mapped, or of NAT64).
/// </remarks>
internal sealed class AddressMask
{
    private const int AddressSize = 16, AddressBits = 8 * AddressSize, IPv4At = 12, IPv4Bit = 8 * IPv4At;
    private const byte Loopback = 127;

    // IPv4 addresses in their mapped form are the last 32 bits of one tree with all addresses.
    private static readonly byte[] Mapped = IPAddress.Parse("::ffff:0:0").GetAddressBytes();

    // Other addresses with an IPv4 address in the last bytes: of NAT64, and compatible ones with :: and ::1.
    private static readonly byte[][] Embedding =
        [IPAddress.Parse("64:ff9b::").GetAddressBytes()[..IPv4At], IPAddress.IPv6Any.GetAddressBytes()[..IPv4At]];

    private static readonly (byte[] Bits, int Length)[] Kinds =
    [
        .. ((string[])
        [
            "0.0.0.0/32", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/4",
            "240.0.0.0/4", "255.255.255.255/32", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2000::/3", "fc00::/8", "fd00::/8",
            "fe80::/10", "ff00::/8",
        ]).Select(text => IPNetwork.Parse(text)).Select(kind =>
            kind.BaseAddress.AddressFamily == AddressFamily.InterNetwork
                ? (kind.BaseAddress.MapToIPv6().GetAddressBytes(), IPv4Bit + kind.PrefixLength)
                : (kind.BaseAddress.GetAddressBytes(), kind.PrefixLength)),
    ];

    // By the bits before, followed by a 1 and zeros.
    private readonly Dictionary<UInt128, bool> _flips = [];
    private uint _random;
    private int _randomBits;

    public IPAddress Mask(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[AddressSize];
        address.TryWriteBytes(bytes, out int size);
        Mask(bytes[..size]);
        return new IPAddress(bytes[..size]);
    }

    /// <summary>Replaces 4 or 16 bytes in network byte order.</summary>
    public void Mask(Span<byte> address)
    {
        Span<byte> full = stackalloc byte[AddressSize];
        Mapped.CopyTo(full);
        bool isEmbedded = address.Length == AddressSize && IsEmbedding(address);
        address[(isEmbedded ? IPv4At : 0)..].CopyTo(full[^(isEmbedded ? AddressSize - IPv4At : address.Length)..]);
        UInt128 number = BinaryPrimitives.ReadUInt128BigEndian(full);
        BinaryPrimitives.WriteUInt128BigEndian(full, number ^ Flips(number, KeptBits(full)));
        Span<byte> replaced = isEmbedded ? address[IPv4At..] : address;
        full[^replaced.Length..].CopyTo(replaced);
    }

    /// <summary>A network with its length: host bits are set after it exactly if they were before, because they are a mistake.</summary>
    public IPAddress MaskNetwork(IPAddress address, int length)
    {
        byte[] before = address.GetAddressBytes(), bytes = Mask(address).GetAddressBytes();
        if (!HasHostBits(before, length))
            ClearHostBits(bytes, length);
        else if (!HasHostBits(bytes, length))
            bytes[^1] |= 1;
        return new IPAddress(bytes);
    }

    private static bool IsEmbedding(ReadOnlySpan<byte> address)
    {
        foreach (byte[] prefix in Embedding)
        {
            if (address.StartsWith(prefix))
                return true;
        }

        return false;
    }

    private static bool HasHostBits(byte[] address, int length) =>
        Enumerable.Range(length, 8 * address.Length - length).Any(bit => BitOf(address, bit));

    private static void ClearHostBits(byte[] address, int length)
    {
        for (int bit = length; bit < 8 * address.Length; bit++)
            address[bit / 8] &= (byte)~(0x80 >> (bit % 8));
    }

    private static bool BitOf(ReadOnlySpan<byte> address, int bit) => (address[bit / 8] & (0x80 >> (bit % 8))) != 0;

    /// <summary>The bits to flip.</summary>
    private UInt128 Flips(UInt128 address, int kept)
    {
        UInt128 flips = 0;
        for (int bit = kept; bit < AddressBits; bit++)
        {
            UInt128 one = UInt128.One << (AddressBits - 1 - bit), node = (address & ~(one | (one - 1))) | one;
            if (!_flips.TryGetValue(node, out bool isFlipped))
                _flips.Add(node, isFlipped = NextRandomBit());
            if (isFlipped)
                flips |= one;
        }

        return flips;
    }

    // The first 32 bits of a Guid are from the random generator of the system. .NET's own one needs OpenSSL, which a machine that runs
    // the single file may not have.
    private bool NextRandomBit()
    {
        if (_randomBits == 0)
            (_random, _randomBits) = (BitConverter.ToUInt32(Guid.NewGuid().ToByteArray()), 32);
        _randomBits--;
        bool isSet = (_random & 1) != 0;
        _random >>= 1;
        return isSet;
    }

    /// <summary>The number of first bits that must stay, so that the kind of an address does.</summary>
    private static int KeptBits(ReadOnlySpan<byte> address)
    {
        if (address.StartsWith(Mapped.AsSpan(0, IPv4At)) && address[IPv4At] == Loopback)
            return AddressBits;
        int kept = 0;
        foreach ((byte[] bits, int length) in Kinds)
        {
            int common = 0;
            while (common < length && BitOf(address, common) == BitOf(bits, common))
                common++;
            // Also the bit in which they differ: it is what tells them apart.
            kept = Math.Max(kept, Math.Min(common + 1, length));
        }

        return kept;
    }
}
