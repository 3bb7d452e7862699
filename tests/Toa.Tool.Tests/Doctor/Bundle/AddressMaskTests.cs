using System;
using System.Linq;
using System.Net;
using FluentAssertions;
using Toa.Tool.Doctor.Bundle;
using Xunit;

namespace Toa.Tool.Tests.Doctor.Bundle;

/// <summary>The replacements of addresses in a bundle.</summary>
public sealed class AddressMaskTests
{
    private readonly AddressMask _mask = new();
    private readonly Random _random = new(1);

    [Theory]
    [InlineData(4)]
    [InlineData(16)]
    public void Addresses_that_begin_with_the_same_bits_still_do(int size)
    {
        for (int round = 0; round < 2000; round++)
        {
            byte[] one = Bytes(size), other = [.. one];
            int bit = _random.Next(8 * size);
            other[bit / 8] ^= (byte)(0x80 >> (bit % 8));
            _random.NextBytes(other.AsSpan((bit / 8) + 1));

            CommonBits(Masked(one), Masked(other)).Should().Be(CommonBits(one, other), "of {0} and {1}", new IPAddress(one), new IPAddress(other));
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(16)]
    public void An_address_is_in_a_network_exactly_if_it_was(int size)
    {
        for (int round = 0; round < 2000; round++)
        {
            byte[] address = Bytes(size), near = [.. address];
            int length = _random.Next(1, (8 * size) + 1);
            int bit = _random.Next(8 * size);
            near[bit / 8] ^= (byte)(0x80 >> (bit % 8));
            IPAddress start = Base(address, length);
            IPNetwork network = new(start, length), masked = new(_mask.MaskNetwork(start, length), length);

            masked.Contains(_mask.Mask(new IPAddress(near))).Should().Be(network.Contains(new IPAddress(near)));
        }
    }

    [Theory]
    [InlineData("10.0.0.0/8")]
    [InlineData("100.64.0.0/10")]
    [InlineData("169.254.0.0/16")]
    [InlineData("172.16.0.0/12")]
    [InlineData("192.168.0.0/16")]
    [InlineData("224.0.0.0/4")]
    [InlineData("240.0.0.0/4")]
    [InlineData("2000::/3")]
    [InlineData("fc00::/8")]
    [InlineData("fd00::/8")]
    [InlineData("fe80::/10")]
    [InlineData("ff00::/8")]
    [InlineData("64:ff9b::/96")]
    [InlineData("64:ff9b:1::/48")]
    public void An_address_stays_of_its_kind(string kind)
    {
        IPNetwork network = IPNetwork.Parse(kind);
        byte[] start = network.BaseAddress.GetAddressBytes();
        for (int round = 0; round < 200; round++)
        {
            byte[] inside = Bytes(start.Length), outside = Bytes(start.Length);
            for (int bit = 0; bit < network.PrefixLength; bit++)
                inside[bit / 8] = (byte)((inside[bit / 8] & ~(0x80 >> (bit % 8))) | (start[bit / 8] & (0x80 >> (bit % 8))));

            network.Contains(new IPAddress(Masked(inside))).Should().BeTrue();
            network.Contains(new IPAddress(Masked(outside))).Should().Be(network.Contains(new IPAddress(outside)));
        }
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("127.0.0.1")]
    [InlineData("127.1.2.3")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    public void These_are_no_secret(string address) => _mask.Mask(IPAddress.Parse(address)).Should().Be(IPAddress.Parse(address));

    [Theory]
    [InlineData("::ffff:0:0")]
    [InlineData("64:ff9b::")]
    [InlineData("::")]
    public void An_IPv4_address_has_the_same_replacement_inside_of_an_IPv6_address(string prefix)
    {
        byte[] address = Bytes(4), around = [.. IPAddress.Parse(prefix).GetAddressBytes()[..12], .. address];

        Masked(around).Should().Equal([.. around[..12], .. Masked(address)]);
    }

    [Fact]
    public void Bits_are_really_flipped_and_with_another_mask_others()
    {
        AddressMask other = new();
        IPAddress[] addresses = [.. Enumerable.Range(0, 64).Select(_ => new IPAddress(Bytes(16)))];

        addresses.Count(address => _mask.Mask(address).Equals(address)).Should().Be(0);
        addresses.Count(address => _mask.Mask(address).Equals(other.Mask(address))).Should().Be(0);
        IPAddress[] privates = [.. Enumerable.Range(0, 256).Select(last => new IPAddress([10, 0, 0, (byte)last]))];
        privates.Select(_mask.Mask).Distinct().Should().HaveCount(256).And.NotBeEquivalentTo(privates);
    }

    [Theory]
    [InlineData("10.0.0.16", 28, false)]
    [InlineData("10.0.0.17", 28, true)]
    [InlineData("10.0.0.0", 8, false)]
    [InlineData("10.0.0.1", 8, true)]
    [InlineData("2001:db8::", 64, false)]
    [InlineData("2001:db8::1", 64, true)]
    [InlineData("0.0.0.0", 0, false)]
    [InlineData("192.0.2.1", 32, false)]
    public void Host_bits_that_are_set_stay_to_be_seen(string address, int length, bool hasHostBits)
    {
        for (int round = 0; round < 32; round++)
        {
            AddressMask mask = new();
            IPAddress masked = mask.MaskNetwork(IPAddress.Parse(address), length);
            masked.Equals(Base(masked.GetAddressBytes(), length)).Should().Be(!hasHostBits);
        }
    }

    private static IPAddress Base(byte[] address, int length) => new([.. address.Select((one, at) =>
        (byte)(one & (0xff00 >> Math.Clamp(length - (8 * at), 0, 8))))]);

    private static int CommonBits(byte[] one, byte[] other) =>
        Enumerable.Range(0, 8 * one.Length).TakeWhile(bit => ((one[bit / 8] ^ other[bit / 8]) & (0x80 >> (bit % 8))) == 0).Count();

    private byte[] Masked(byte[] address)
    {
        byte[] masked = [.. address];
        _mask.Mask(masked.AsSpan());
        return masked;
    }

    private byte[] Bytes(int size)
    {
        byte[] bytes = new byte[size];
        _random.NextBytes(bytes);
        return bytes;
    }
}
