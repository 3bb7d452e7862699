using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Toa.Tests.Support;
using Xunit;

namespace Toa.Tests.Lookup;

/// <summary>Each format in the answers of this project's providers.</summary>
public sealed class InfoFormatTests
{
    private static readonly IPEndPoint Balancer = IPEndPoint.Parse("198.51.100.7:1024");

    [Theory]
    [InlineData(ToaFormat.IPv4, 8, "192.0.2.10:5555", ToaSource.IPv4Option)]
    [InlineData(ToaFormat.IPv6, 20, "[2001:db8::1]:40000", ToaSource.IPv6Option)]
    [InlineData(ToaFormat.IPv6, 20, "192.0.2.10:5555", ToaSource.IPv6Option)]
    [InlineData(ToaFormat.AlibabaVpc, 20, "192.0.2.10:5555", ToaSource.IPv4Option)]
    [InlineData(ToaFormat.AlibabaDdos, 40, "[2001:db8::1]:40000", ToaSource.IPv6Option)]
    [InlineData(ToaFormat.ByteDance, 16, "192.0.2.10:5555", ToaSource.IPv4Option)]
    [InlineData(ToaFormat.AkamaiIPv4, 7, "192.0.2.10:0", ToaSource.IPv4Option)]
    [InlineData(ToaFormat.AkamaiIPv6, 19, "[2001:db8::1]:0", ToaSource.IPv6Option)]
    [InlineData((ToaFormat)8, 12, "192.0.2.10:5555", ToaSource.IPv4Option)] // of a newer provider
    [InlineData((ToaFormat)200, 2, "[2001:db8::1]:40000", ToaSource.IPv6Option)]
    [InlineData((ToaFormat)16, 40, "[2001:db8::1]:0", ToaSource.IPv6Option)]
    public void Its_client(ToaFormat format, int length, string client, ToaSource source)
    {
        ToaResolution found = Ask(Answer.Info(99, length, IPEndPoint.Parse(client), Balancer, (int)format));

        found.Client.ToIPEndPoint().Should().Be(IPEndPoint.Parse(client));
        found.Client.Source.Should().Be(source);
        found.TransportPeer.ToIPEndPoint().Should().Be(Balancer);
        found.FallbackReason.Should().Be(ToaFallbackReason.None);
        found.Format.Should().Be(format);
        found.VirtualEndPoint.Source.Should().Be(ToaSource.None);
        found.NetworkId.Should().BeNull();
    }

    [Theory]
    [InlineData("203.0.113.80:443", 77u)]
    [InlineData("203.0.113.80:0", 0u)]
    [InlineData("[2001:db8::80]:0", uint.MaxValue)]
    [InlineData(null, 77u)]
    public void Its_virtual_address_and_network(string? virtualEnd, uint networkId)
    {
        IPEndPoint? expected = virtualEnd is null ? null : IPEndPoint.Parse(virtualEnd);

        ToaResolution found = Ask(
            Answer.Info(252, 20, IPEndPoint.Parse("192.0.2.10:5555"), Balancer, (int)ToaFormat.AlibabaVpc, expected, networkId));

        found.VirtualEndPoint.ToString().Should().Be(virtualEnd ?? "");
        found.NetworkId.Should().Be(networkId == 0 ? null : networkId);
    }

    [Theory]
    [InlineData(ToaFormat.AlibabaVpc, 20, "192.0.2.10:5555", "203.0.113.80:443", ToaSource.IPv4Option)]
    [InlineData(ToaFormat.AlibabaDdos, 40, "[2001:db8::1]:40000", "[2001:db8::80]:0", ToaSource.IPv6Option)]
    [InlineData(ToaFormat.AlibabaDdos, 40, "[2001:db8::1]:40000", "203.0.113.80:0", ToaSource.IPv6Option)]
    [InlineData(ToaFormat.IPv6, 20, "[2001:db8::1]:40000", "203.0.113.80:443", ToaSource.IPv4Option)] // from another option
    [InlineData((ToaFormat)16, 40, "[2001:db8::1]:40000", "[2001:db8::80]:443", ToaSource.IPv6Option)]
    public void The_source_of_its_virtual_address(ToaFormat format, int length, string client, string virtualEnd, ToaSource source)
    {
        Answer answer = Answer.Info(
            252, length, IPEndPoint.Parse(client), Balancer, (int)format, IPEndPoint.Parse(virtualEnd), 77);

        foreach (bool dualMode in (bool[])[false, true])
        {
            ToaEndPoint found = Ask(answer, dualMode).VirtualEndPoint;
            found.ToString().Should().Be(virtualEnd);
            found.Source.Should().Be(source);
            found.IsIPv4MappedToIPv6.Should().Be(dualMode && virtualEnd[0] != '[');
        }
    }

    [Theory]
    [InlineData(ToaFormat.IPv4, 20, "192.0.2.10:5555")] // another length
    [InlineData(ToaFormat.IPv6, 8, "192.0.2.10:5555")]
    [InlineData(ToaFormat.AlibabaDdos, 39, "[2001:db8::1]:40000")]
    [InlineData(ToaFormat.AkamaiIPv6, 20, "[2001:db8::1]:0")]
    [InlineData((ToaFormat)8, 1, "192.0.2.10:5555")]
    [InlineData(ToaFormat.IPv4, 8, "[2001:db8::1]:40000")] // an IPv4 option with an IPv6 client
    [InlineData(ToaFormat.AlibabaVpc, 20, "[2001:db8::1]:40000")]
    [InlineData(ToaFormat.ByteDance, 16, "[2001:db8::1]:40000")]
    [InlineData(ToaFormat.AkamaiIPv4, 7, "[2001:db8::1]:0")]
    [InlineData(ToaFormat.AkamaiIPv4, 7, "192.0.2.10:5555")] // a port that the format does not have
    [InlineData(ToaFormat.AkamaiIPv6, 19, "[2001:db8::1]:40000")]
    [InlineData((ToaFormat)14, 8, "192.0.2.10:5555")] // formats without a client
    [InlineData((ToaFormat)15, 6, "192.0.2.10:5555")]
    [InlineData(ToaFormat.None, 8, "192.0.2.10:5555")]
    public void One_that_does_not_fit_is_ignored(ToaFormat format, int length, string client)
    {
        ToaResolution found = Ask(Answer.Info(99, length, IPEndPoint.Parse(client), Balancer, (int)format));

        found.Client.Source.Should().Be(ToaSource.PeerName);
        found.Format.Should().Be(ToaFormat.None);
        found.FallbackReason.Should().Be(ToaFallbackReason.NoProvider);
    }

    [Theory]
    [InlineData(ToaFormat.AlibabaVpc, 20, "192.0.2.10:0")]
    [InlineData(ToaFormat.AlibabaVpc, 20, "127.0.0.1:5555")]
    [InlineData(ToaFormat.AlibabaDdos, 40, "[2001:db8::1]:0")]
    [InlineData(ToaFormat.ByteDance, 16, "192.0.2.10:0")]
    [InlineData(ToaFormat.AkamaiIPv4, 7, "127.0.0.1:0")]
    [InlineData(ToaFormat.AkamaiIPv6, 19, "[::1]:0")]
    public void With_a_client_that_nobody_has_nothing_of_it_remains(ToaFormat format, int length, string client)
    {
        ToaResolution found = Ask(
            Answer.Info(99, length, IPEndPoint.Parse(client), Balancer, (int)format, IPEndPoint.Parse("203.0.113.80:443"), 77));

        found.Client.ToIPEndPoint().Should().Be(Balancer);
        found.FallbackReason.Should().Be(ToaFallbackReason.UnusableAnswer);
        found.Format.Should().Be(ToaFormat.None);
        found.VirtualEndPoint.Source.Should().Be(ToaSource.None);
        found.NetworkId.Should().BeNull();
    }

    private static ToaResolution Ask(Answer info, bool dualMode = false)
    {
        new ScriptedCalls { Info = info, PeerName = Answer.IPv4(Balancer.Address, Balancer.Port) }
            .Ask(out ToaResolution found, dualMode).Should().Be(SocketError.Success);
        return found;
    }
}
