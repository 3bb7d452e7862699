using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using FluentAssertions;
using Xunit;

namespace Toa.LoadBalancing.Tests.Network;

/// <summary>The errors of a balancer that cannot start or continue, and its cleanup.</summary>
[Collection(SharedTestbed.Name)]
public sealed class StartTests(TestbedFixture fixture)
{
    private readonly Testbed _testbed = fixture.Demand();

    [SkippableFact]
    public void A_virtual_address_that_is_the_machines_own()
    {
        LoadBalancerOptions options = Options();
        options.Listeners[0].VirtualAddress = IPEndPoint.Parse("192.0.2.1:80");
        Refuses(options, "The virtual address 192.0.2.1 is an address of this machine (interface c1)*");
    }

    [SkippableFact]
    public void A_source_address_that_is_the_machines_own()
    {
        LoadBalancerOptions options = Options();
        options.SourceAddresses.Add(AddressPrefix.Parse("10.0.0.1/32"));
        Refuses(options, "The source address 10.0.0.1 is an address of this machine (interface s1)*");
    }

    [SkippableFact]
    public void An_address_that_is_routed_elsewhere_already()
    {
        IPRoute.RunBatch(_testbed.BalancerSide, "route add 198.51.100.7/32 via 10.0.0.2");
        try
        {
            LoadBalancerOptions options = Options();
            options.Listeners[0].VirtualAddress = IPEndPoint.Parse("198.51.100.7:80");
            Refuses(options, "Cannot add a route for 198.51.100.7/32*Another interface or route uses it already*");
        }
        finally
        {
            IPRoute.RunBatch(_testbed.BalancerSide, "route del 198.51.100.7/32");
        }
    }

    [SkippableFact]
    public async Task A_second_balancer_of_the_same_name()
    {
        await using LoadBalancer first = _testbed.StartBalancer(Options());
        Refuses(Options(), "Cannot create the interface toa0*Another interface has this name*");
    }

    [SkippableFact]
    public void Without_the_privilege_it_says_which_is_missing() => _testbed.BalancerSide.Run(() =>
    {
        Privilege.DropNetAdmin();
        FluentActions.Invoking(() => LoadBalancer.Start(Options())).Should().Throw<IOException>()
            .WithMessage("*CAP_NET_ADMIN*run as root*");
    });

    [SkippableFact]
    public async Task Nothing_is_left_behind()
    {
        for (int i = 0; i < 3; i++)
        {
            LoadBalancer balancer = _testbed.StartBalancer(Options());
            Interfaces().Should().Contain("toa0");
            await balancer.DisposeAsync();
            await balancer.DisposeAsync();
            Interfaces().Should().NotContain("toa0");
        }
    }

    [SkippableFact]
    public async Task Cancellation_stops_it()
    {
        using CancellationTokenSource stop = new();
        await using LoadBalancer balancer = _testbed.BalancerSide.Run(() => LoadBalancer.Start(Options(), stop: stop.Token));
        balancer.Completion.IsCompleted.Should().BeFalse();
        await stop.CancelAsync();
        await balancer.Completion.WaitAsync(Deadline.Time);
        Interfaces().Should().NotContain("toa0");
    }

    [SkippableFact]
    public async Task A_device_that_is_taken_away_ends_it_with_a_reason()
    {
        await using LoadBalancer balancer = _testbed.StartBalancer(Options());
        IPRoute.RunBatch(_testbed.BalancerSide, "link delete toa0");
        (await FluentActions.Awaiting(() => balancer.Completion.WaitAsync(Deadline.Time)).Should().ThrowAsync<IOException>())
            .WithMessage("*toa0*The interface may have been deleted*");
    }

    [SkippableFact]
    public async Task A_client_on_the_balancers_own_machine_is_served_too()
    {
        await using Balanced balanced = new(_testbed);
        using Socket client = _testbed.BalancerSide.Run(
            () => new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp));
        await client.ConnectAsync(Balanced.VirtualIPv6).WaitAsync(Deadline.Time);
        balanced.Balancer.ListFlows().Should().ContainSingle().Which.Client.Should().Be(client.LocalEndPoint);
    }

    private static LoadBalancerOptions Options() => new()
    {
        SourceAddresses = { AddressPrefix.Parse("10.64.0.1/32") },
        Listeners =
        {
            new ListenerOptions
            {
                VirtualAddress = Balanced.VirtualIPv4,
                BackEnds = { new BackEndOptions { Address = new IPEndPoint(Testbed.Server, 80) } },
            },
        },
    };

    private string[] Interfaces() => _testbed.BalancerSide.Run(
        () => Array.ConvertAll(File.ReadAllLines("/proc/thread-self/net/dev"), line => line.Split(':')[0].Trim()));

    private void Refuses(LoadBalancerOptions options, string message)
    {
        FluentActions.Invoking(() => _testbed.StartBalancer(options)).Should().Throw<IOException>().WithMessage(message);
        if (!message.Contains("toa0", StringComparison.Ordinal))
            Interfaces().Should().NotContain("toa0", "it is taken back");
    }
}
