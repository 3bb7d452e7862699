using System;
using System.ComponentModel;
using System.Net;
using FluentAssertions;
using Xunit;

namespace Toa.Tests.Resolver;

/// <summary>The list of trusted networks, which has the same name as in ASP.NET Core.</summary>
public sealed class KnownIPNetworksTests
{
    private readonly ToaOptions _options = new();

    [Fact]
    public void Networks_and_addresses_are_listed_as_text()
    {
        _options.KnownIPNetworks.Add(IPNetwork.Parse("10.0.0.0/8"));
        _options.KnownIPNetworks.Add(IPAddress.Parse("2001:db8::1"));

        _options.KnownIPNetworks.Should().Equal("10.0.0.0/8", "2001:db8::1");
    }

    [Fact]
    public void Text_in_the_place_of_a_list_is_its_only_entry()
    {
        TypeConverter converter = TypeDescriptor.GetConverter(typeof(ToaNetworkList));

        converter.CanConvertFrom(typeof(string)).Should().BeTrue();
        converter.CanConvertFrom(typeof(int)).Should().BeFalse();
        converter.ConvertFrom("10.0.0.0/8,192.0.2.10").Should().BeOfType<ToaNetworkList>().Which.Should().Equal("10.0.0.0/8,192.0.2.10");
    }

    [Theory]
    [InlineData("0.0.0.0/0")]
    [InlineData("::/0")]
    [InlineData("::/64")]
    [InlineData("::fffe:0:0/95")]
    [InlineData("::ffff:0:0/96")]
    public void All_of_IPv4_is_no_network_of_balancers(string text)
    {
        _options.KnownIPNetworks.Add(text);

        FluentActions.Invoking(() => new ToaResolver(_options))
            .Should().Throw<ArgumentException>().WithMessage($"KnownIPNetworks: '{text}' contains all IPv4 addresses*10.0.0.16/28*");
    }

    [Theory]
    [InlineData("128.0.0.0/1")]
    [InlineData("::ffff:0:0/97")]
    [InlineData("2000::/3")]
    [InlineData("::/128")]
    public void Less_is_one(string text)
    {
        _options.KnownIPNetworks.Add(text);

        FluentActions.Invoking(() => new ToaResolver(_options)).Should().NotThrow();
    }

    [Fact]
    public void A_network_that_nobody_has_set_is_everyone()
    {
        _options.KnownIPNetworks.Add(default(IPNetwork));

        FluentActions.Invoking(() => new ToaResolver(_options)).Should().Throw<ArgumentException>().WithMessage("*contains all IPv4 addresses*");
    }

    [Fact]
    public void Whom_to_refuse_takes_known_proxies()
    {
        foreach (ToaOptions options in new[]
        {
            new ToaOptions { WhenUntrusted = ToaAction.Refuse }, new ToaOptions { WhenUnknown = ToaAction.Refuse },
        })
        {
            FluentActions.Invoking(() => new ToaResolver(options))
                .Should().Throw<ArgumentException>().WithMessage("*is Refuse, but no known proxies are configured*");
            options.KnownProxies.Add("192.0.2.10");
            FluentActions.Invoking(() => new ToaResolver(options)).Should().NotThrow();
        }
    }

    [Fact]
    public void Values_that_are_none()
    {
        ToaAction other = (ToaAction)7;
        ToaOptions options = new()
        {
            KnownProxies = { "192.0.2.10" }, WhenUntrusted = other, WhenUnknown = other, WhenNoProvider = other,
        };

        FluentActions.Invoking(() => new ToaResolver(options)).Should().Throw<ArgumentException>()
            .Which.Message.Split(Environment.NewLine).Should().HaveCount(3).And.OnlyContain(line => line.Contains(" must be UseTransportPeer or Refuse, but is 7."));
    }

    [Fact]
    public void Lists_that_are_none()
    {
        ToaOptions options = new() { KnownProxies = null!, KnownIPNetworks = null! };

        FluentActions.Invoking(() => new ToaResolver(options)).Should().Throw<ArgumentException>()
            .WithMessage("KnownProxies contains an empty entry*KnownIPNetworks contains an empty entry*");
    }

    [Fact]
    public void Listed_networks_are_known()
    {
        _options.KnownIPNetworks.Add(IPNetwork.Parse("10.0.0.0/8"));
        ToaEndPoint balancer = new(IPEndPoint.Parse("10.1.2.3:1024"), ToaSource.TransportPeer);
        ToaResolution found = new(balancer, balancer, ToaFallbackReason.NoOption);

        new ToaResolver(_options).Judge(ref found).Should().BeTrue();

        found.Trust.Should().Be(ToaTrust.Trusted);
    }
}
