using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using FluentAssertions;
using Xunit;

namespace Toa.LoadBalancing.Tests.Network;

/// <summary>Paths with a smaller MTU than the balancer's device. Only ICMP errors from routers report it.</summary>
public sealed class PathTests : IDisposable
{
    private const int Length = 300_000;

    // Kernels cache the MTU of a path, which must not affect other tests.
    private readonly TestbedFixture _fixture = new();

    private Testbed Testbed => _fixture.Demand();

    [SkippableTheory]
    [InlineData(AddressFamily.InterNetwork, "10.0.0.0/24 dev s1")]
    [InlineData(AddressFamily.InterNetwork, "192.0.2.0/24 dev c1")]
    [InlineData(AddressFamily.InterNetworkV6, "10.0.0.0/24 dev s1")]
    [InlineData(AddressFamily.InterNetworkV6, "2001:db8:1::/64 dev c1 metric 256")]
    public async Task Both_ends_learn_of_a_smaller_MTU(AddressFamily family, string narrow)
    {
        // The ends do not know the smaller MTU when they exchange their MSS. The route has this MTU, not an interface: an
        // interface would also silently drop larger incoming packets.
        IPRoute.RunBatch(Testbed.BalancerSide, $"route replace {narrow} mtu lock 1400");
        await using Balanced balanced = new(Testbed);
        (Socket client, Socket server) = await balanced.ConnectAsync(family);
        using (client)
        using (server)
        {
            await Task.WhenAll(PassAsync(client, server), PassAsync(server, client)).WaitAsync(Deadline.Time);
        }

        balanced.Balancer.Counters.IcmpTranslated.Should().BePositive();
        balanced.DropsOfConnections.Should().BeEmpty();
    }

    [SkippableFact]
    public async Task A_server_beyond_reach_is_told_as_such()
    {
        await using Balanced balanced = new(Testbed, configureAll: options =>
        {
            foreach (ListenerOptions listener in options.Listeners)
                listener.BackEnds[0].Address = new(IPAddress.Parse("10.99.0.1"), 80);
        });
        IPRoute.RunBatch(Testbed.BalancerSide, "route add unreachable 10.99.0.0/24");
        foreach (AddressFamily family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
        {
            using Socket client = Testbed.MakeClient(family);
            (await FluentActions.Awaiting(() => client.ConnectAsync(Balanced.VirtualAddress(family)).WaitAsync(Deadline.Time))
                .Should().ThrowAsync<SocketException>()).Which.SocketErrorCode.Should()
                .BeOneOf(SocketError.HostUnreachable, SocketError.NetworkUnreachable);
        }

        balanced.Balancer.Counters.IcmpTranslated.Should().BePositive();
    }

    public void Dispose() => _fixture.Dispose();

    private static async Task PassAsync(Socket from, Socket to)
    {
        byte[] sent = [.. Enumerable.Range(0, Length).Select(i => (byte)(i * 31))];
        Task sending = from.SendAsync(sent);
        byte[] received = new byte[Length];
        await Balanced.ReceiveAsync(to, received);
        await sending;
        received.AsSpan().SequenceEqual(sent).Should().BeTrue();
    }
}
