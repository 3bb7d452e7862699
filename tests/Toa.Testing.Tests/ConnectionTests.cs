using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.LoadBalancing;
using Xunit;

namespace Toa.Testing.Tests;

/// <summary>Clients of both families reach servers of both families, which see them.</summary>
public sealed class ConnectionTests(RunningNetwork running) : IClassFixture<RunningNetwork>
{
    private readonly ToaTestNetwork _network = running.Demand();

    [SkippableTheory]
    [InlineData("0.0.0.0", "203.0.113.7:40000")]
    [InlineData("127.0.0.1", "[2001:db8::7]:40000")]
    [InlineData("::1", "203.0.113.7:40001")]
    [InlineData("fd00:10::2", "[2001:db8::7]:40001")]
    [InlineData("::", "[2001:db8::8]:40000")]
    public async Task The_server_finds_the_client_and_its_port(string server, string client)
    {
        using Socket listener = RunningNetwork.Listen(_network, new IPEndPoint(IPAddress.Parse(server), 0));
        await using ToaTestBalancer balancer = ToaTestBalancer.Start(_network, (IPEndPoint)listener.LocalEndPoint!);

        ToaResolution found = await RunningNetwork.VisitAsync(balancer, listener, IPEndPoint.Parse(client));

        found.Client.ToIPEndPoint().Should().Be(IPEndPoint.Parse(client));
        found.Trust.Should().Be(ToaTrust.Trusted);
        balancer.LoadBalancer.Counters.FlowsOpened.Should().Be(1);
    }

    [SkippableFact]
    public async Task A_client_may_use_its_port_again()
    {
        using Socket listener = RunningNetwork.Listen(_network, new IPEndPoint(IPAddress.Any, 0));
        await using ToaTestBalancer balancer = ToaTestBalancer.Start(_network, (IPEndPoint)listener.LocalEndPoint!);
        IPEndPoint client = IPEndPoint.Parse("203.0.113.9:40000");

        for (int i = 0; i < 3; i++)
        {
            ToaResolution found = await RunningNetwork.VisitAsync(balancer, listener, client);
            found.Client.ToIPEndPoint().Should().Be(client);
        }
    }

    [SkippableFact]
    public async Task Balancers_in_one_network_do_not_disturb_each_other()
    {
        using Socket one = RunningNetwork.Listen(_network, new IPEndPoint(IPAddress.Any, 0));
        using Socket two = RunningNetwork.Listen(_network, new IPEndPoint(IPAddress.IPv6Any, 0));
        await using ToaTestBalancer toOne = ToaTestBalancer.Start(_network, (IPEndPoint)one.LocalEndPoint!);
        await using ToaTestBalancer toTwo = ToaTestBalancer.Start(
            _network, (IPEndPoint)two.LocalEndPoint!, listener => listener.Format = ToaOptionFormat.Huawei);
        IPEndPoint client = IPEndPoint.Parse("203.0.113.10:40000");

        toOne.VirtualIPv4.Should().NotBe(toTwo.VirtualIPv4);
        (await RunningNetwork.VisitAsync(toOne, one, client)).Client.ToIPEndPoint().Should().Be(client);
        (await RunningNetwork.VisitAsync(toTwo, two, client, "huawei")).Client.ToIPEndPoint().Should().Be(client);
    }

    [SkippableFact]
    public async Task Without_the_option_the_server_sees_the_balancer()
    {
        using Socket listener = RunningNetwork.Listen(_network, new IPEndPoint(IPAddress.Any, 0));
        await using ToaTestBalancer balancer = ToaTestBalancer.Start(
            _network, (IPEndPoint)listener.LocalEndPoint!, listener => listener.Placement = OptionPlacement.None);

        ToaResolution found = await RunningNetwork.VisitAsync(balancer, listener, IPEndPoint.Parse("203.0.113.7:0"));

        found.Client.ToIPEndPoint().Address.ToString().Should().StartWith("10.64.");
        found.Client.Source.Should().Be(ToaSource.TransportPeer);
    }

    [SkippableFact]
    public async Task A_capture_has_the_packets_of_both_sides()
    {
        string file = Path.GetTempFileName();
        using Socket listener = RunningNetwork.Listen(_network, new IPEndPoint(IPAddress.Any, 0));
        await using (ToaTestBalancer balancer = ToaTestBalancer.Start(
            _network, (IPEndPoint)listener.LocalEndPoint!, captureFile: file))
        {
            await RunningNetwork.VisitAsync(balancer, listener, IPEndPoint.Parse("203.0.113.13:40000"));
        }

        byte[] written = await File.ReadAllBytesAsync(file);
        File.Delete(file);
        written.AsSpan().IndexOf(new byte[] { 200, 8, 0x9c, 0x40, 203, 0, 113, 13 }).Should().BePositive("the option is in it");
        written.AsSpan(0, 4).ToArray().Should().Equal(0x0a, 0x0d, 0x0d, 0x0a);
    }

    [SkippableFact]
    public async Task Faults_change_while_the_balancer_runs()
    {
        using Socket listener = RunningNetwork.Listen(_network, new IPEndPoint(IPAddress.Any, 0));
        await using ToaTestBalancer balancer = ToaTestBalancer.Start(_network, (IPEndPoint)listener.LocalEndPoint!);
        balancer.Faults = new FaultOptions { Truncated = 100, ForgedClient = IPEndPoint.Parse("192.0.2.99:1") };
        ToaResolution truncated = await RunningNetwork.VisitAsync(balancer, listener, IPEndPoint.Parse("[2001:db8::11]:0"));
        balancer.Faults = new FaultOptions();
        ToaResolution whole = await RunningNetwork.VisitAsync(balancer, listener, IPEndPoint.Parse("[2001:db8::11]:0"));

        truncated.Client.Source.Should().Be(ToaSource.TransportPeer);
        whole.Client.ToIPEndPoint().Address.Should().Be(IPAddress.Parse("2001:db8::11"));
    }

    [SkippableFact]
    public async Task An_invalid_fault_changes_nothing()
    {
        using Socket listener = RunningNetwork.Listen(_network, new IPEndPoint(IPAddress.Any, 0));
        await using ToaTestBalancer balancer = ToaTestBalancer.Start(_network, (IPEndPoint)listener.LocalEndPoint!);
        FaultOptions before = balancer.Faults;

        FluentActions.Invoking(() => balancer.Faults = new FaultOptions { Truncated = 101 })
            .Should().Throw<ArgumentException>().WithMessage("*Truncated*100*");

        balancer.Faults.Should().BeSameAs(before);
        ToaResolution found = await RunningNetwork.VisitAsync(balancer, listener, IPEndPoint.Parse("203.0.113.12:0"));
        found.Client.ToIPEndPoint().Address.Should().Be(IPAddress.Parse("203.0.113.12"));
    }
}
