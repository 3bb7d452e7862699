using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using FluentAssertions;
using Xunit;

namespace Toa.LoadBalancing.Tests.Network;

/// <summary>Servers that stop and start again.</summary>
[Collection(SharedTestbed.Name)]
public sealed class HealthCheckTests(TestbedFixture fixture)
{
    private readonly Testbed _testbed = fixture.Demand();

    private static readonly HealthCheckOptions s_quick = new()
    {
        Interval = TimeSpan.FromMilliseconds(20),
        FailuresToDown = 2,
        SuccessesToUp = 2,
    };

    [SkippableFact]
    public async Task A_server_that_ends_gets_no_more_clients_until_it_is_back()
    {
        using Socket second = _testbed.Listen();
        IPEndPoint secondAddress = (IPEndPoint)second.LocalEndPoint!;
        await using Balanced balanced = new(_testbed, listener =>
        {
            listener.BackEnds.Add(new BackEndOptions { Address = secondAddress });
            listener.HealthCheck = s_quick;
        });
        second.Dispose();
        await WaitForAsync(balanced, secondAddress, isUp: false);
        for (int i = 0; i < 4; i++)
            await ConnectAsync();

        balanced.Listener.Dispose();
        await WaitForAsync(balanced, balanced.ServerAddress, isUp: false);
        await FluentActions.Awaiting(ConnectAsync).Should().ThrowAsync<SocketException>("there is nobody left");
        balanced.Balancer.Counters.FlowsRefused[FlowRefusal.NoBackEnd].Should().BePositive();

        using Socket again = _testbed.Listen(secondAddress.Port);
        await WaitForAsync(balanced, secondAddress, isUp: true);
        await ConnectAsync();

        async Task ConnectAsync()
        {
            using Socket client = _testbed.MakeClient(AddressFamily.InterNetworkV6);
            await client.ConnectAsync(Balanced.VirtualIPv6).WaitAsync(Deadline.Time);
        }
    }

    private static Task WaitForAsync(Balanced balanced, IPEndPoint address, bool isUp) => Deadline.WaitUntilAsync(
        () => balanced.Balancer.ListBackEnds().All(backEnd => backEnd.IsUp == isUp || !backEnd.Address.Equals(address)),
        $"{address} is {(isUp ? "up" : "down")}");
}
