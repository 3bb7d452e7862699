using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Toa.Internal;
using Toa.Interop;
using Toa.Shared;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Resolver;

/// <summary>The lookup of addresses in a set of networks.</summary>
public sealed class NetworkSetTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0", true)]
    [InlineData("10.0.0.0/8", "10.255.255.255", true)]
    [InlineData("10.0.0.0/8", "9.255.255.255", false)]
    [InlineData("10.0.0.0/8", "11.0.0.0", false)]
    [InlineData("192.0.2.10", "192.0.2.10", true)]
    [InlineData("192.0.2.10", "192.0.2.11", false)]
    [InlineData("0.0.0.0/0", "203.0.113.7", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("::/0", "203.0.113.7", true)]
    [InlineData("2001:db8::/32", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8::/32", "2001:db9::", false)]
    [InlineData("2001:db8::/64", "2001:db8::ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8::/64", "2001:db8:0:1::", false)]
    [InlineData("2001:db8::/65", "2001:db8::7fff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8::/65", "2001:db8::8000:0:0:0", false)]
    [InlineData("::ffff:10.0.0.0/104", "10.1.2.3", true)]
    [InlineData("::ffff:10.0.0.0/104", "11.1.2.3", false)]
    public void One_network(string network, string address, bool expected)
    {
        new NetworkSet([Cidr.Parse(network)]).Contains(Address128.From(IPAddress.Parse(address))).Should().Be(expected);
    }

    [Fact]
    public void None()
    {
        NetworkSet none = new([]);

        none.IsEmpty.Should().BeTrue();
        none.Contains(default).Should().BeFalse();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Many_networks_that_overlap(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 200; round++)
        {
            (IPAddress BaseAddress, int PrefixLength)[] networks =
                [.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => RandomNetwork(random))];
            NetworkSet set = new(networks);

            foreach (IPAddress address in Around(networks, random))
                set.Contains(Address128.From(address)).Should().Be(
                    networks.Any(n => Contains(n.BaseAddress, n.PrefixLength, address)),
                    "{0} in {1}", address, string.Join(' ', networks));
        }
    }

    /// <summary>Compares bit by bit. IPv4 addresses are mapped to IPv6.</summary>
    private static bool Contains(IPAddress network, int length, IPAddress address)
    {
        if (network.AddressFamily == AddressFamily.InterNetwork)
            length += 96;
        byte[] left = network.MapToIPv6().GetAddressBytes(), right = address.MapToIPv6().GetAddressBytes();
        return Enumerable.Range(0, length).All(bit => ((left[bit / 8] ^ right[bit / 8]) & (0x80 >> (bit % 8))) == 0);
    }

    private static (IPAddress, int) RandomNetwork(Random random)
    {
        // Few bits are random, so that networks overlap.
        byte[] bytes = new byte[random.Next(2) == 0 ? 4 : 16];
        bytes[0] = (byte)random.Next(4, 6);
        bytes[1] = (byte)random.Next(4);
        bytes[^1] = (byte)random.Next(4);
        int length = random.Next(bytes.Length * 8 + 1);
        for (int bit = length; bit < bytes.Length * 8; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return (new IPAddress(bytes), length);
    }

    /// <summary>The first and the last address of each network, their neighbours, and some others.</summary>
    private static IEnumerable<IPAddress> Around((IPAddress BaseAddress, int PrefixLength)[] networks, Random random)
    {
        foreach ((IPAddress first, int length) in networks)
        {
            byte[] last = first.GetAddressBytes();
            for (int bit = length; bit < last.Length * 8; bit++)
                last[bit / 8] |= (byte)(0x80 >> (bit % 8));
            yield return first;
            yield return new IPAddress(last);
            yield return Step(first.GetAddressBytes(), -1);
            yield return Step(last, 1);
            yield return RandomEndPoint.Next(random).Address is { IsIPv4MappedToIPv6: false } any ? any : IPAddress.IPv6Loopback;
        }
    }

    private static IPAddress Step(byte[] bytes, int by)
    {
        for (int i = bytes.Length - 1; i >= 0; i--)
        {
            bytes[i] += (byte)by;
            if (bytes[i] != (by < 0 ? 0xff : 0))
                break;
        }

        return new IPAddress(bytes);
    }
}
