using System;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.LoadBalancing;
using Toa.Testing.Internal;
using Xunit;

namespace Toa.Testing.Tests;

/// <summary>The process in the network namespace, and what is said to it.</summary>
public sealed class ProcessTests
{
    [SkippableFact]
    public void Root_can_run_these_tests()
    {
        Skip.IfNot(Environment.IsPrivilegedProcess && File.Exists("/dev/net/tun"), "This needs root and /dev/net/tun.");
        using Process unshare = Process.Start(new ProcessStartInfo("unshare", "-n true") { RedirectStandardError = true })!;
        unshare.WaitForExit();
        Skip.IfNot(unshare.ExitCode == 0, "This machine does not allow network namespaces.");

        ToaTestNetwork.SkipReason.Should().BeNull();
    }

    [SkippableFact]
    public async Task It_ends_with_its_network()
    {
        Skip.IfNot(ToaTestNetwork.SkipReason is null, ToaTestNetwork.SkipReason);
        ToaTestNetwork network = await ToaTestNetwork.StartAsync();
        using Process process = Process.GetProcessById(network.ProcessId);

        await network.DisposeAsync();

        process.HasExited.Should().BeTrue();
    }

    [SkippableFact]
    public async Task Networks_have_the_same_addresses_and_do_not_see_each_other()
    {
        Skip.IfNot(ToaTestNetwork.SkipReason is null, ToaTestNetwork.SkipReason);
        await using ToaTestNetwork one = await ToaTestNetwork.StartAsync();
        await using ToaTestNetwork two = await ToaTestNetwork.StartAsync();
        using Socket inOne = one.Bind(new IPEndPoint(IPAddress.Any, 7000));
        inOne.Listen();
        using Socket client = two.CreateClient(IPEndPoint.Parse("203.0.113.7:0"));

        client.Invoking(socket => socket.Connect(ToaTestNetwork.ServerIPv4, 7000))
            .Should().Throw<SocketException>().Which.SocketErrorCode.Should().Be(SocketError.ConnectionRefused);
    }

    [Theory]
    [InlineData("socket 2")]
    [InlineData("socket 23")]
    [InlineData("address 203.0.113.7")]
    [InlineData("address 2001:db8::7")]
    [InlineData("device toa7 9000 True 198.51.100.1/32 fd00:64::/124")]
    public void Requests_are_read_as_they_were_written(string message) =>
        Request.Parse(message).ToString().Should().Be(message);

    [Fact]
    public void A_device_may_have_no_routes() =>
        Request.Parse(new Request.OfDevice(new TunOptions()).ToString()).Should().BeOfType<Request.OfDevice>()
            .Which.Options.Routes.Should().BeEmpty();

    [Theory]
    [InlineData("")]
    [InlineData("socket")]
    [InlineData("socket x")]
    [InlineData("address 1.2.3.4.5")]
    [InlineData("device toa1 x True")]
    [InlineData("device toa1 1500 True 10.0.0.0")]
    public void Other_requests_are_errors(string message) =>
        FluentActions.Invoking(() => Request.Parse(message)).Should().Throw<FormatException>();

    [Fact]
    public void A_refusal_has_the_words_of_unshare_and_a_cure() =>
        NamespaceRefusal.Explain("unshare: unshare failed: Operation not permitted")
            .Should().Contain("Operation not permitted").And.MatchRegex("sysctl -w|--cap-add");
}
