using System.Net;
using FluentAssertions;
using Xunit;

namespace Toa.Tests.Resolver;

/// <summary>The list of networks, named and typed as ASP.NET Core's.</summary>
public sealed class KnownIPNetworksTests
{
    private readonly ToaOptions _options = new();

    [Fact]
    public void Added_networks_are_listed()
    {
        _options.AddKnownNetwork("10.0.0.0/8");
        _options.AddKnownNetwork("2001:db8::1");

        _options.KnownIPNetworks.Should().Equal(IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("2001:db8::1/128"));
    }

    [Fact]
    public void Listed_networks_are_known()
    {
        _options.KnownIPNetworks.Add(IPNetwork.Parse("10.0.0.0/8"));
        RealClient balancer = new(IPEndPoint.Parse("10.1.2.3:1024"), ToaSource.TransportPeer);
        ToaResolution found = new(balancer, balancer, ToaFallbackReason.NoOption);

        new ToaResolver(_options).Judge(ref found).Should().BeTrue();

        found.Trust.Should().Be(ToaTrust.Trusted);
    }
}
