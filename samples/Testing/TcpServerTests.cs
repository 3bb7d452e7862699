using System;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.LoadBalancing;
using Toa.Testing;
using Xunit;

namespace Samples.Testing;

/// <summary>A TCP server behind the balancer: all of it in one test, then with faults.</summary>
public sealed class TcpServerTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    [SkippableFact]
    public async Task The_server_sees_the_client()
    {
        Skip.IfNot(ToaTestNetwork.SkipReason is null, ToaTestNetwork.SkipReason);
        await using ToaTestNetwork network = await ToaTestNetwork.StartAsync();
        using GreetingServer server = new(network);
        await using ToaTestBalancer balancer = ToaTestBalancer.Start(network, server.EndPoint);

        using Socket client = await balancer.ConnectAsync(IPEndPoint.Parse("203.0.113.7:40000"));

        (await ReadAsync(client)).Should().Be("Hello 203.0.113.7:40000");
    }

    [SkippableFact]
    public async Task The_server_does_not_accept_an_address_that_it_cannot_check()
    {
        Skip.IfNot(ToaTestNetwork.SkipReason is null, ToaTestNetwork.SkipReason);
        await using ToaTestNetwork network = await ToaTestNetwork.StartAsync();
        using GreetingServer server = new(network, knownProxies: "192.0.2.0/24");
        await using ToaTestBalancer balancer = ToaTestBalancer.Start(network, server.EndPoint);

        using Socket client = await balancer.ConnectAsync(IPEndPoint.Parse("203.0.113.7:0"));

        (await ReadAsync(client)).Should().BeEmpty("the server closes the connection");
    }

    [SkippableFact]
    public async Task Lost_packets_only_cost_time()
    {
        Skip.IfNot(ToaTestNetwork.SkipReason is null, ToaTestNetwork.SkipReason);
        await using ToaTestNetwork network = await ToaTestNetwork.StartAsync();
        using GreetingServer server = new(network);
        await using ToaTestBalancer balancer = ToaTestBalancer.Start(network, server.EndPoint);
        FaultOptions faults = new() { Seed = 1 };
        faults.SetBoth(path => path.Drop = 10);
        balancer.Faults = faults;

        using Socket client = await balancer.ConnectAsync(IPEndPoint.Parse("[2001:db8::7]:40000"));

        (await ReadAsync(client)).Should().Be("Hello [2001:db8::7]:40000");
    }

    private static async Task<string> ReadAsync(Socket client)
    {
        using CancellationTokenSource late = new(s_patience);
        await using NetworkStream stream = new(client);
        using System.IO.StreamReader reader = new(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync(late.Token);
    }
}
