using System;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using FluentAssertions;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Client;

/// <summary>The struct behaves like IPEndPoint, but needs no heap, and has no mapped addresses.</summary>
public sealed class ToaEndPointTests
{
    private const int Rounds = 20_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void It_comes_out_as_it_went_in(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < Rounds; round++)
        {
            IPEndPoint raw = RandomEndPoint.Next(random);
            IPEndPoint plain = raw.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(raw.Address.MapToIPv4(), raw.Port) : raw;
            ToaEndPoint client = new(raw, ToaSource.IPv6Option);

            client.ToIPEndPoint().Should().Be(plain);
            client.ToString().Should().Be(plain.ToString());
            client.AddressFamily.Should().Be(plain.AddressFamily);
            client.Port.Should().Be(plain.Port);
            byte[] bytes = new byte[client.AddressLength];
            client.TryWriteAddressBytes(bytes, out int written).Should().BeTrue();
            written.Should().Be(bytes.Length);
            bytes.Should().Equal(plain.Address.GetAddressBytes());
            client.IsIPv4MappedToIPv6.Should().Be(raw.Address.IsIPv4MappedToIPv6);
            client.ToRawIPEndPoint().Should().Be(raw.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(raw.Address, raw.Port) : plain);
        }
    }

    [Fact]
    public void Equality_is_that_of_endpoints()
    {
        Random random = new(3);
        IPEndPoint[] endPoints = new IPEndPoint[100];
        for (int i = 0; i < endPoints.Length; i++)
            endPoints[i] = i % 3 == 2 ? new IPEndPoint(endPoints[i - 1].Address, random.Next(3)) : RandomEndPoint.Next(random);

        foreach (IPEndPoint left in endPoints)
        {
            foreach (IPEndPoint right in endPoints)
            {
                ToaEndPoint a = new(left, ToaSource.IPv4Option), b = new(right, ToaSource.PeerName);
                bool expected = a.ToIPEndPoint().Equals(b.ToIPEndPoint());
                (a == b).Should().Be(expected, "{0} and {1}", left, right);
                (a != b).Should().Be(!expected);
                a.Equals((object)b).Should().Be(expected);
                if (expected)
                    a.GetHashCode().Should().Be(b.GetHashCode());
            }
        }
    }

    [Fact]
    public void Neither_the_source_nor_the_form_makes_a_difference()
    {
        ToaEndPoint plain = new(IPEndPoint.Parse("192.0.2.10:5555"), ToaSource.IPv4Option);
        ToaEndPoint mapped = new(IPEndPoint.Parse("[::ffff:192.0.2.10]:5555"), ToaSource.PeerName);

        mapped.Should().Be(plain);
        mapped.GetHashCode().Should().Be(plain.GetHashCode());
        plain.Equals("192.0.2.10:5555").Should().BeFalse();
    }

    [Fact]
    public void The_default_is_nobody()
    {
        ToaEndPoint nobody = default;

        nobody.Source.Should().Be(ToaSource.None);
        nobody.AddressFamily.Should().Be(AddressFamily.Unspecified);
        nobody.AddressLength.Should().Be(0);
        nobody.Port.Should().Be(0);
        nobody.ToString().Should().BeEmpty();
        nobody.TryWriteAddressBytes([], out int written).Should().BeTrue();
        written.Should().Be(0);
        nobody.Invoking(n => n.ToIPAddress()).Should().Throw<InvalidOperationException>().WithMessage("*default(ToaEndPoint)*");
        nobody.Invoking(n => n.ToIPEndPoint()).Should().Throw<InvalidOperationException>();
        nobody.Invoking(n => n.ToRawIPEndPoint()).Should().Throw<InvalidOperationException>();
        nobody.Should().NotBe(new ToaEndPoint(new IPEndPoint(IPAddress.IPv6Any, 0), ToaSource.PeerName));
        nobody.Should().Be(default(ToaEndPoint));
    }

    [Theory]
    [InlineData("192.0.2.10:5555", 3)]
    [InlineData("[2001:db8::1]:5555", 15)]
    public void Without_room_nothing_is_written(string endPoint, int room)
    {
        byte[] bytes = new byte[room];

        new ToaEndPoint(IPEndPoint.Parse(endPoint), ToaSource.PeerName).TryWriteAddressBytes(bytes, out int written)
            .Should().BeFalse();

        written.Should().Be(0);
        bytes.Should().OnlyContain(b => b == 0);
    }

    [Fact]
    public void There_is_none_without_an_endpoint()
    {
        FluentActions.Invoking(() => new ToaEndPoint(null!, ToaSource.PeerName))
            .Should().Throw<ArgumentNullException>().WithParameterName("endPoint");
    }

    [Fact]
    public void It_is_small()
    {
        Unsafe.SizeOf<ToaEndPoint>().Should().Be(24);
    }
}
