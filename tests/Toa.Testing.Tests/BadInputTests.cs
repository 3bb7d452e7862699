using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.LoadBalancing;
using Xunit;

namespace Toa.Testing.Tests;

/// <summary>Addresses and settings that do not fit the network.</summary>
public sealed class BadInputTests(RunningNetwork running) : IClassFixture<RunningNetwork>
{
    private readonly ToaTestNetwork _network = running.Demand();

    [SkippableTheory]
    [InlineData("0.0.0.0", "no address of a machine")]
    [InlineData("::", "no address of a machine")]
    [InlineData("127.0.0.1", "loopback")]
    [InlineData("::1", "loopback")]
    [InlineData("::ffff:127.0.0.1", "loopback")]
    [InlineData("224.0.0.1", "unicast")]
    [InlineData("255.255.255.255", "unicast")]
    [InlineData("ff02::1", "unicast")]
    [InlineData("fe80::1", "unicast")]
    [InlineData("10.0.0.2", "the server's")]
    [InlineData("fd00:10::2", "the server's")]
    [InlineData("198.51.100.1", "virtual addresses")]
    [InlineData("2001:db8:100::1", "virtual addresses")]
    [InlineData("10.64.1.1", "balancers")]
    [InlineData("fd00:64::1", "balancers")]
    public void A_client_cannot_have_this_address(string client, string reason) =>
        _network.Invoking(network => network.CreateClient(new IPEndPoint(IPAddress.Parse(client), 0)))
            .Should().Throw<ArgumentException>().WithMessage($"*{reason}*Use another client address.*");

    [SkippableFact]
    public void A_client_can_have_an_IPv4_address_in_IPv6_form()
    {
        using Socket client = _network.CreateClient(IPEndPoint.Parse("[::ffff:203.0.113.7]:0"));

        ((IPEndPoint)client.LocalEndPoint!).Address.Should().Be(IPAddress.Parse("203.0.113.7"));
    }

    [SkippableFact]
    public void A_server_needs_an_address_of_the_network()
    {
        _network.Invoking(network => network.Bind(IPEndPoint.Parse("192.0.2.1:80")))
            .Should().Throw<ArgumentException>().WithMessage("*192.0.2.1 is no address of the test network. Use 10.0.0.2*");
        _network.Invoking(network => network.Bind(new UnixDomainSocketEndPoint("/tmp/x")))
            .Should().Throw<ArgumentException>().WithMessage("*is not an IP address and port*");
    }

    [SkippableFact]
    public void A_balancer_needs_the_port_and_no_health_check()
    {
        FluentActions.Invoking(() => ToaTestBalancer.Start(_network, new IPEndPoint(IPAddress.Any, 0)))
            .Should().Throw<ArgumentException>().WithMessage("*has no port: use the LocalEndPoint*");
        FluentActions.Invoking(() => ToaTestBalancer.Start(
                _network, new IPEndPoint(IPAddress.Any, 80), listener => listener.HealthCheck = new HealthCheckOptions()))
            .Should().Throw<ArgumentException>().WithMessage("*set HealthCheck to null*");
    }

    [SkippableFact]
    public void A_port_in_use_is_an_error()
    {
        using Socket first = _network.Bind(new IPEndPoint(IPAddress.Any, 7001));
        first.Listen();

        _network.Invoking(network => network.Bind(new IPEndPoint(IPAddress.Any, 7001)))
            .Should().Throw<SocketException>().Which.SocketErrorCode.Should().Be(SocketError.AddressAlreadyInUse);
    }

    [SkippableFact]
    public async Task A_server_that_does_not_listen_refuses()
    {
        await using ToaTestBalancer balancer = ToaTestBalancer.Start(_network, new IPEndPoint(IPAddress.Any, 7002));

        await balancer.Awaiting(one => one.ConnectAsync(IPEndPoint.Parse("203.0.113.7:0"), RunningNetwork.Late()))
            .Should().ThrowAsync<SocketException>().Where(e => e.SocketErrorCode == SocketError.ConnectionRefused);
    }

    [SkippableFact]
    public async Task Only_a_provider_reads_the_option_of_later_segments()
    {
        await using ToaTestBalancer withSyn = ToaTestBalancer.Start(_network, new IPEndPoint(IPAddress.Any, 80));
        await using ToaTestBalancer later = ToaTestBalancer.Start(
            _network, new IPEndPoint(IPAddress.Any, 80), listener => listener.Placement = OptionPlacement.FirstData);

        withSyn.ProviderSkipReason.Should().BeNull();
        if (Toa.Diagnostics.ToaProvider.Detect().Kind == Toa.Diagnostics.ToaProviderKind.None)
            later.ProviderSkipReason.Should().Contain("FirstData").And.Contain("toa provider load");
        else
            later.ProviderSkipReason.Should().BeNull();
    }

    [SkippableFact]
    public async Task A_network_that_has_ended_says_so()
    {
        ToaTestNetwork ended = await ToaTestNetwork.StartAsync();
        await ended.DisposeAsync();
        await ended.DisposeAsync();

        ended.Invoking(network => network.Bind(new IPEndPoint(IPAddress.Any, 0)))
            .Should().Throw<ObjectDisposedException>();
    }

    [SkippableFact]
    public async Task A_network_whose_process_was_killed_says_so()
    {
        await using ToaTestNetwork network = await ToaTestNetwork.StartAsync();
        network.KillProcess();

        network.Invoking(one => one.Bind(new IPEndPoint(IPAddress.Any, 0)))
            .Should().Throw<IOException>().WithMessage("*other process*");
    }
}
