using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using FluentAssertions;
using Xunit;

namespace Toa.LoadBalancing.Tests.Network;

/// <summary>Changes of a balancer that runs between two kernels.</summary>
[Collection(SharedTestbed.Name)]
public sealed class ChangeTests(TestbedFixture fixture)
{
    private readonly Testbed _testbed = fixture.Demand();

    [SkippableTheory]
    [InlineData(AddressFamily.InterNetwork)]
    [InlineData(AddressFamily.InterNetworkV6)]
    public async Task A_connection_outlives_a_path_that_stalls_and_is_slow(AddressFamily family)
    {
        await using Balanced balanced = new(_testbed);
        IPEndPoint address = Balanced.VirtualAddress(family);
        (Socket client, Socket server) = await balanced.ConnectAsync(family);
        using (client)
        using (server)
        {
            balanced.Balancer.SetFaults(address, new FaultOptions { ToServers = { Stall = true } });
            await client.SendAsync(new byte[100]);
            await WaitForAsync(balanced, FaultKind.Stall);
            server.Available.Should().Be(0);

            balanced.Balancer.SetFaults(address, new FaultOptions
            {
                ToServers = { Latency = TimeSpan.FromMilliseconds(5), Jitter = TimeSpan.FromMilliseconds(5) },
                ToClients = { Bandwidth = 100_000_000 },
            });
            byte[] sent = [.. Enumerable.Range(0, 500_000).Select(i => (byte)(i * 31))];
            Task sending = client.SendAsync(sent);
            byte[] received = new byte[100 + sent.Length];
            await Balanced.ReceiveAsync(server, received);
            await sending;
            received.AsSpan(100).SequenceEqual(sent).Should().BeTrue();
            balanced.Balancer.Counters.Faults[FaultKind.Delay].Should().BePositive();

            FaultOptions copy = balanced.Balancer.GetFaults(address);
            (copy.ToServers.Jitter, copy.ToClients.Bandwidth).Should().Be((TimeSpan.FromMilliseconds(5), 100_000_000));
            copy.ToServers.Stall = true;
            balanced.Balancer.GetFaults(address).ToServers.Stall.Should().BeFalse("that was a copy");

            balanced.Balancer.SetFaults(address, new FaultOptions { ToServers = { ResetAfter = 1 } });
            await client.SendAsync(new byte[2]);
            await WaitForAsync(balanced, FaultKind.Reset);
            (await FluentActions.Awaiting(() => server.ReceiveAsync(new byte[10]).WaitAsync(Deadline.Time)).Should()
                .ThrowAsync<SocketException>()).Which.SocketErrorCode.Should().Be(SocketError.ConnectionReset);
        }
    }

    [SkippableFact]
    public async Task Large_segments_pass_again_when_faults_end()
    {
        await using Balanced balanced = new(_testbed, listener => listener.Faults.ToServers.Duplicate = 0.01);
        (Socket client, Socket server) = await balanced.ConnectAsync(AddressFamily.InterNetwork);
        using (client)
        using (server)
        {
            balanced.Balancer.SetFaults(Balanced.VirtualIPv4, new FaultOptions());
            balanced.Balancer.SetFaults(Balanced.VirtualIPv6, new FaultOptions());
            using Capture capture = new(_testbed);
            byte[] received = new byte[4 << 20];
            Task sending = client.SendAsync(new byte[received.Length]);
            await Balanced.ReceiveAsync(server, received);
            await sending;
            capture.Stop(balanced.Port).Should().Contain(segment => segment.Bytes.Length > 1500);
        }
    }

    [SkippableFact]
    public async Task A_server_drains_while_its_connections_go_on()
    {
        using Socket other = _testbed.Listen();
        await using Balanced balanced = new(_testbed, configureAll: options => options.Listeners[0].BackEnds.Add(
            new BackEndOptions { Address = (IPEndPoint)other.LocalEndPoint!, Weight = 0 }));
        (Socket client, Socket server) = await balanced.ConnectAsync(AddressFamily.InterNetwork);
        using (client)
        using (server)
        {
            balanced.Balancer.SetWeight(Balanced.VirtualIPv4, balanced.ServerAddress, 0);
            balanced.Balancer.SetWeight(Balanced.VirtualIPv4, (IPEndPoint)other.LocalEndPoint!, 5);
            using Socket later = _testbed.MakeClient(AddressFamily.InterNetwork);
            await later.ConnectAsync(Balanced.VirtualIPv4).WaitAsync(Deadline.Time);
            using Socket laterServer = await other.AcceptAsync().WaitAsync(Deadline.Time);

            await client.SendAsync(new byte[10]);
            await Balanced.ReceiveAsync(server, new byte[10]);
            balanced.Balancer.ListBackEnds().Take(2).Select(one => (one.Weight, one.OpenConnections)).Should().Equal((0, 1), (5, 1));
        }
    }

    [SkippableFact]
    public async Task Mistakes_change_nothing_and_name_what_there_is()
    {
        await using Balanced balanced = new(_testbed);
        LoadBalancer balancer = balanced.Balancer;
        IPEndPoint elsewhere = IPEndPoint.Parse("198.51.100.9:80");
        FluentActions.Invoking(() => balancer.SetFaults(elsewhere, new FaultOptions())).Should()
            .Throw<ArgumentException>().WithMessage("198.51.100.9:80 is not a virtual address*198.51.100.1:80, [2001:db8:100::1]:80.");
        FluentActions.Invoking(() => balancer.GetFaults(elsewhere)).Should().Throw<ArgumentException>().WithMessage("198.51.100.9:80 is not a virtual*");
        FluentActions.Invoking(() => balancer.SetFaults(Balanced.VirtualIPv4, new FaultOptions { Truncated = 101 })).Should()
            .Throw<ArgumentException>().WithMessage("*Truncated*0 to 100*101*");
        FluentActions.Invoking(() => balancer.SetWeight(Balanced.VirtualIPv4, elsewhere, 1)).Should()
            .Throw<ArgumentException>().WithMessage($"198.51.100.9:80 is not a back end of 198.51.100.1:80*{balanced.ServerAddress}*");
        FluentActions.Invoking(() => balancer.SetWeight(Balanced.VirtualIPv4, balanced.ServerAddress, -1)).Should()
            .Throw<ArgumentException>().WithMessage("weight*0 to 1000000*-1*");
        (await balanced.ConnectAsync(AddressFamily.InterNetwork)).Client.Dispose();
    }

    private static async Task WaitForAsync(Balanced balanced, FaultKind kind)
    {
        DateTime end = DateTime.UtcNow + Deadline.Time;
        while (balanced.Balancer.Counters.Faults[kind] == 0)
        {
            (DateTime.UtcNow < end).Should().BeTrue($"there must be a fault {kind}");
            await Task.Delay(10);
        }
    }
}
