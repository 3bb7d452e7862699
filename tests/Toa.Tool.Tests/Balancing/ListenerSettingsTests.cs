using System.CommandLine;
using System.Net;
using FluentAssertions;
using Toa.LoadBalancing;
using Toa.Tool.Balancing;
using Xunit;

namespace Toa.Tool.Tests.Balancing;

/// <summary>The settings of listeners that the options of <c>toa lb</c> give.</summary>
public sealed class ListenerSettingsTests
{
    private const string IPv4 = "198.51.100.1:80", IPv6 = "[2001:db8:100::1]:80";

    [Theory]
    [InlineData(IPv4, "", "tencent")]
    [InlineData(IPv6, "", "tencent")]
    [InlineData(IPv4, "--format alibaba-vpc", "alibaba-vpc")]
    [InlineData(IPv6, "--format 254/20", "254/20")]
    [InlineData(IPv4, "--format alibaba-vpc --format alibaba-ddos", "alibaba-vpc")]
    [InlineData(IPv6, "--format alibaba-vpc --format alibaba-ddos", "alibaba-ddos")]
    [InlineData(IPv4, "--format 254/8 --format 254/20", "254/8")]
    [InlineData(IPv6, "--format 254/8 --format 254/20", "254/20")]
    public void A_listener_uses_the_first_format_that_can_hold_its_clients(string listener, string arguments, string format) =>
        Apply(listener, arguments).Format.ToString().Should().Be(format);

    [Theory]
    [InlineData("", 0)]
    [InlineData("--network-id 4294967295", uint.MaxValue)]
    public void The_network_id_is_that_of_the_command_line(string arguments, uint networkId) =>
        Apply(IPv4, arguments).NetworkId.Should().Be(networkId);

    private static ListenerOptions Apply(string virtualAddress, string arguments)
    {
        ListenerSettings settings = new();
        Command command = new("lb");
        settings.AddTo(command);
        ListenerOptions listener = new() { VirtualAddress = IPEndPoint.Parse(virtualAddress) };
        settings.Apply(command.Parse(arguments), listener);
        return listener;
    }
}
