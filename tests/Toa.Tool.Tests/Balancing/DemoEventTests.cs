using System.Net;
using FluentAssertions;
using Toa.Tool.Balancing.Demo;
using Xunit;

namespace Toa.Tool.Tests.Balancing;

/// <summary>Whether the demo's server sees the client that made the request.</summary>
public sealed class DemoEventTests
{
    private static readonly IPEndPoint Client = IPEndPoint.Parse("192.0.2.2:40000"), Virtual = IPEndPoint.Parse("198.51.100.1:80");

    [Theory]
    [InlineData(ToaFormat.IPv4, "192.0.2.2:40000", true)]
    [InlineData(ToaFormat.IPv4, "192.0.2.2:0", false)]
    [InlineData(ToaFormat.None, "10.64.0.1:40000", false)]
    [InlineData(ToaFormat.AkamaiIPv4, "192.0.2.2:0", true)]
    [InlineData(ToaFormat.AkamaiIPv4, "192.0.2.3:0", false)]
    public void The_port_counts_if_the_format_has_one(ToaFormat format, string seen, bool isReal) =>
        DemoEvent.Request(Client, Virtual, Resolution(format, seen)).IsReal.Should().Be(isReal);

    private static ToaResolution Resolution(ToaFormat format, string seen) =>
        new(new ToaEndPoint(IPEndPoint.Parse(seen), ToaSource.IPv4Option), default, format: format);
}
