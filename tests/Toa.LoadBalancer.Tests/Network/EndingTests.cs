using System;
using System.Net.Sockets;
using System.Threading.Tasks;
using FluentAssertions;
using Xunit;

namespace Toa.LoadBalancing.Tests.Network;

/// <summary>The ends of connections between two real kernels.</summary>
[Collection(SharedTestbed.Name)]
public sealed class EndingTests(TestbedFixture fixture)
{
    private readonly Testbed _testbed = fixture.Demand();

    [SkippableTheory]
    [InlineData(AddressFamily.InterNetwork)]
    [InlineData(AddressFamily.InterNetworkV6)]
    public async Task A_half_closed_connection_still_carries_the_other_direction(AddressFamily family)
    {
        await using Balanced balanced = new(_testbed);
        (Socket client, Socket server) = await balanced.ConnectAsync(family);
        using (client)
        using (server)
        {
            client.Shutdown(SocketShutdown.Send);
            (await server.ReceiveAsync(new byte[1]).WaitAsync(Deadline.Time)).Should().Be(0);
            balanced.Balancer.ListFlows().Should().ContainSingle().Which.State.Should().Be(FlowState.HalfClosed);

            byte[] received = new byte[100_000];
            Task sending = server.SendAsync(new byte[100_000]);
            await Balanced.ReceiveAsync(client, received);
            await sending;

            server.Shutdown(SocketShutdown.Send);
            (await client.ReceiveAsync(received).WaitAsync(Deadline.Time)).Should().Be(0);
            await WaitForStateAsync(balanced, FlowState.Closed);
        }
    }

    [SkippableTheory]
    [InlineData(AddressFamily.InterNetwork, true)]
    [InlineData(AddressFamily.InterNetwork, false)]
    [InlineData(AddressFamily.InterNetworkV6, true)]
    [InlineData(AddressFamily.InterNetworkV6, false)]
    public async Task A_reset_reaches_the_other_end(AddressFamily family, bool isClients)
    {
        await using Balanced balanced = new(_testbed);
        (Socket client, Socket server) = await balanced.ConnectAsync(family);
        Socket resetting = isClients ? client : server;
        using Socket other = isClients ? server : client;
        resetting.LingerState = new LingerOption(true, 0);
        resetting.Dispose();

        await ExpectResetAsync(other);
        await WaitForStateAsync(balanced, FlowState.Closed);
    }

    [SkippableTheory]
    [InlineData(AddressFamily.InterNetwork)]
    [InlineData(AddressFamily.InterNetworkV6)]
    public async Task Nobody_at_home_is_told_as_such(AddressFamily family)
    {
        await using Balanced balanced = new(_testbed);
        balanced.Listener.Dispose();
        using Socket client = _testbed.MakeClient(family);
        (await FluentActions.Awaiting(() => client.ConnectAsync(Balanced.VirtualAddress(family)).WaitAsync(Deadline.Time))
            .Should().ThrowAsync<SocketException>()).Which.SocketErrorCode.Should().Be(SocketError.ConnectionRefused);
        await WaitForStateAsync(balanced, FlowState.Closed);
    }

    [SkippableTheory]
    [InlineData(AddressFamily.InterNetwork)]
    [InlineData(AddressFamily.InterNetworkV6)]
    public async Task A_connection_that_was_silent_too_long_is_reset_at_both_ends(AddressFamily family)
    {
        await using Balanced balanced = new(
            _testbed, configureAll: options => options.Flows.IdleTimeout = TimeSpan.FromMilliseconds(100));
        (Socket client, Socket server) = await balanced.ConnectAsync(family);
        using (client)
        using (server)
        {
            await ExpectResetAsync(client);
            await ExpectResetAsync(server);
        }

        balanced.Balancer.Counters.FlowsExpired.Should().Be(1);
    }

    private static async Task ExpectResetAsync(Socket socket) =>
        (await FluentActions.Awaiting(() => socket.ReceiveAsync(new byte[1]).WaitAsync(Deadline.Time))
            .Should().ThrowAsync<SocketException>()).Which.SocketErrorCode.Should().Be(SocketError.ConnectionReset);

    private static Task WaitForStateAsync(Balanced balanced, FlowState state) => Deadline.WaitUntilAsync(
        () => balanced.Balancer.ListFlows() is [{ } flow] && flow.State == state, $"the flow is {state}");
}
