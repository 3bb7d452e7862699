using System;
using System.Linq;
using System.Net.Sockets;
using System.Threading.Tasks;
using FluentAssertions;
using Xunit;

namespace Toa.LoadBalancing.Tests.Network;

/// <summary>Configured faults between two kernels that recover from them.</summary>
[Collection(SharedTestbed.Name)]
public sealed class FaultyNetworkTests(TestbedFixture fixture)
{
    private readonly Testbed _testbed = fixture.Demand();

    [SkippableTheory]
    [InlineData(AddressFamily.InterNetwork, 200, 8)]
    [InlineData(AddressFamily.InterNetworkV6, 253, 20)]
    public async Task Lost_doubled_and_overtaken_packets_cost_no_byte_and_no_address(AddressFamily family, byte kind, byte length)
    {
        await using Balanced balanced = new(_testbed, listener => listener.Faults = new FaultOptions
        {
            ToServers = { Drop = 2, Duplicate = 5, Reorder = 5 },
            ToClients = { Drop = 2, Duplicate = 5, Reorder = 5 },
            Seed = 1,
        });
        using Capture capture = new(_testbed);
        Socket[] clients = [.. Enumerable.Range(0, 20).Select(_ => _testbed.MakeClient(family))];
        try
        {
            await Task.WhenAll(clients.Select(client => client.ConnectAsync(Balanced.VirtualAddress(family))))
                .WaitAsync(Deadline.Time);
            for (int i = 0; i < clients.Length; i++)
            {
                using Socket server = await balanced.Listener.AcceptAsync().WaitAsync(Deadline.Time);
                Socket client = clients.Single(client => balanced.Balancer.ListFlows().Any(
                    flow => flow.Client.Equals(client.LocalEndPoint) && flow.Source.Equals(server.RemoteEndPoint)));
                byte[] sent = [.. Enumerable.Range(0, 50_000).Select(n => (byte)(n * 13))];
                Task sending = client.SendAsync(sent);
                byte[] received = new byte[sent.Length];
                await Balanced.ReceiveAsync(server, received);
                await sending;
                received.AsSpan().SequenceEqual(sent).Should().BeTrue();
            }

            var named = capture.Stop(balanced.Port)
                .Select(segment => (segment.Source, Client: segment.FindClient(kind, length)))
                .Where(seen => seen.Client is not null).Distinct().ToArray();
            named.Should().HaveCount(clients.Length);
            named.Select(seen => seen.Source).Should().OnlyHaveUniqueItems("no source is ever given two clients");
            named.Select(seen => seen.Client).Should().BeEquivalentTo(clients.Select(client => client.LocalEndPoint));
        }
        finally
        {
            foreach (Socket client in clients)
                client.Dispose();
        }
    }
}
