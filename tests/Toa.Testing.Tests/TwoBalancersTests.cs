using System;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.LoadBalancing;
using Xunit;

namespace Toa.Testing.Tests;

/// <summary>A balancer that has another balancer as its server.</summary>
public sealed class TwoBalancersTests(RunningNetwork running) : IClassFixture<RunningNetwork>
{
    private readonly ToaTestNetwork _network = running.Demand();

    [SkippableTheory]
    [InlineData("203.0.113.7:40000")]
    [InlineData("[2001:db8::7]:40000")]
    public async Task The_second_one_removes_the_option_of_the_first(string client)
    {
        ToaResolution found = await VisitAsync(IPEndPoint.Parse(client), _ => { });

        found.Client.ToIPEndPoint().Address.ToString().Should().StartWith("10.64.", "the second balancer's client is the first one");
        found.Client.Source.Should().Be(ToaSource.IPv4Option);
    }

    [SkippableTheory]
    [InlineData("203.0.113.7:40000")]
    [InlineData("[2001:db8::7]:40000")]
    public async Task A_second_one_without_an_option_passes_that_of_the_first(string client)
    {
        ToaResolution found = await VisitAsync(IPEndPoint.Parse(client), listener =>
        {
            listener.Placement = OptionPlacement.None;
            listener.KeepForgedOptions = true;
        });

        found.Client.ToIPEndPoint().Should().Be(IPEndPoint.Parse(client));
    }

    private async Task<ToaResolution> VisitAsync(IPEndPoint client, Action<ListenerOptions> configureSecond)
    {
        using Socket listener = RunningNetwork.Listen(_network, new IPEndPoint(IPAddress.Any, 0));
        await using ToaTestBalancer second = ToaTestBalancer.Start(_network, (IPEndPoint)listener.LocalEndPoint!, configureSecond);
        await using ToaTestBalancer first = ToaTestBalancer.Start(_network, second.VirtualIPv4);
        return await RunningNetwork.VisitAsync(first, listener, client);
    }
}
