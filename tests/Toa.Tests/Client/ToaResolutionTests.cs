using System;
using System.Net;
using System.Runtime.CompilerServices;
using FluentAssertions;
using Xunit;

namespace Toa.Tests.Client;

/// <summary>The result of a lookup, as tests of other programs create it.</summary>
public sealed class ToaResolutionTests
{
    private static readonly ToaEndPoint Client = new(IPEndPoint.Parse("192.0.2.10:5555"), ToaSource.IPv4Option);
    private static readonly ToaEndPoint Balancer = new(IPEndPoint.Parse("198.51.100.7:1024"), ToaSource.TransportPeer);

    [Theory]
    [InlineData("203.0.113.80:443", 77u)]
    [InlineData("[2001:db8::80]:0", null)]
    [InlineData(null, uint.MaxValue)]
    public void It_has_what_it_was_created_with(string? virtualEnd, uint? networkId)
    {
        ToaEndPoint expected = virtualEnd is null ? default : new(IPEndPoint.Parse(virtualEnd), ToaSource.IPv4Option);

        ToaResolution found = new(
            Client, Balancer, format: ToaFormat.AlibabaVpc, virtualEndPoint: expected, networkId: networkId);

        found.Client.Should().Be(Client);
        found.TransportPeer.Should().Be(Balancer);
        found.Format.Should().Be(ToaFormat.AlibabaVpc);
        found.VirtualEndPoint.Should().Be(expected);
        found.VirtualEndPoint.Source.Should().Be(expected.Source);
        found.NetworkId.Should().Be(networkId);
        found.Should().Be(new ToaResolution(
            Client, Balancer, format: ToaFormat.AlibabaVpc, virtualEndPoint: expected, networkId: networkId));
        found.Should().NotBe(new ToaResolution(
            Client, Balancer, format: ToaFormat.AlibabaVpc, virtualEndPoint: expected, networkId: 5));
    }

    [Fact]
    public void What_is_zero_is_not_known()
    {
        ToaEndPoint zero = new(new IPEndPoint(IPAddress.IPv6Any, 0), ToaSource.IPv6Option);

        ToaResolution found = new(Client, Balancer, virtualEndPoint: zero, networkId: 0);

        found.Format.Should().Be(ToaFormat.None);
        found.VirtualEndPoint.Should().Be(default(ToaEndPoint));
        found.NetworkId.Should().BeNull();
        found.Should().Be(new ToaResolution(Client, Balancer));
    }

    [Fact]
    public void It_is_small()
    {
        Unsafe.SizeOf<ToaResolution>().Should().Be(56 + IntPtr.Size);
    }
}
