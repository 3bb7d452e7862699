using System;
using System.Net;
using FluentAssertions;
using Toa.Shared;
using Xunit;

namespace Toa.Tests.Resolver;

/// <summary>The text form of networks.</summary>
public sealed class CidrTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0", 8)]
    [InlineData("0.0.0.0/0", "0.0.0.0", 0)]
    [InlineData("192.0.2.10", "192.0.2.10", 32)]
    [InlineData("192.0.2.10/32", "192.0.2.10", 32)]
    [InlineData("2001:db8::/32", "2001:db8::", 32)]
    [InlineData("2001:DB8:0::/32", "2001:db8::", 32)]
    [InlineData("2001:db8::1", "2001:db8::1", 128)]
    [InlineData("::/0", "::", 0)]
    [InlineData("::ffff:10.0.0.0/104", "::ffff:10.0.0.0", 104)]
    public void Well_written(string text, string address, int length)
    {
        Cidr.Parse(text).Should().Be((IPAddress.Parse(address), length));
    }

    [Theory]
    [InlineData("", "*not an IP address*")]
    [InlineData("/8", "*not an IP address*")]
    [InlineData("10/8", "*'10' is not an IP address*")]
    [InlineData("010.0.0.0/8", "*not an IP address*")]
    [InlineData("10.0.0.0/", "*must be 0 to 32*")]
    [InlineData("10.0.0.0/33", "*must be 0 to 32*")]
    [InlineData("10.0.0.0/-1", "*must be 0 to 32*")]
    [InlineData("10.0.0.0/+8", "*must be 0 to 32*")]
    [InlineData("10.0.0.0/8/8", "*must be 0 to 32*")]
    [InlineData("10.0.0.0/ 8", "*must be 0 to 32*")]
    [InlineData("2001:db8::/129", "*must be 0 to 128*")]
    [InlineData("10.0.0.1/8", "*host bits are set. Use 10.0.0.0/8*")]
    [InlineData("2001:db8::1/32", "*host bits are set. Use 2001:db8::/32*")]
    [InlineData("fe80::1%3/128", "*not an IP address*")]
    [InlineData("[::1]/128", "*not an IP address*")]
    [InlineData("balancer.example", "*not an IP address*")]
    public void Badly_written(string text, string message)
    {
        FluentActions.Invoking(() => Cidr.Parse(text))
            .Should().Throw<FormatException>().WithMessage($"'{text}'{message}");
        ToaOptions options = new() { KnownIPNetworks = { text } };
        FluentActions.Invoking(() => new ToaResolver(options)).Should().Throw<ArgumentException>();
    }

    [Theory]
    [InlineData("192.0.2.10", 32)]
    [InlineData("2001:db8::1", 128)]
    public void One_address(string text, int length)
    {
        Cidr.ParseAddress(text).Should().Be((IPAddress.Parse(text), length));
    }

    [Theory]
    [InlineData("192.0.2.0/24", "*Add networks to KnownIPNetworks*")]
    [InlineData("192.0.2", "*Use 192.0.2.10*")]
    [InlineData("fe80::1%3", "*Use 192.0.2.10*")]
    public void No_address(string text, string message)
    {
        FluentActions.Invoking(() => Cidr.ParseAddress(text))
            .Should().Throw<FormatException>().WithMessage($"'{text}' is not an IP address.{message}");
        ToaOptions options = new() { KnownProxies = { text } };
        FluentActions.Invoking(() => new ToaResolver(options)).Should().Throw<ArgumentException>();
    }
}
