using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.LoadBalancing.Tests.Support;
using Xunit;

namespace Toa.LoadBalancing.Tests.Network;

/// <summary>Many connections at a time: each server must see its own client, never another one.</summary>
[Collection(SharedTestbed.Name)]
public sealed class ManyConnectionsTests(TestbedFixture fixture)
{
    private readonly Testbed _testbed = fixture.Demand();

    private const int Connections = 1000;

    [SkippableTheory]
    [InlineData(AddressFamily.InterNetwork, 200, 8)]
    [InlineData(AddressFamily.InterNetworkV6, 253, 20)]
    public async Task A_thousand_at_once_keep_their_addresses(AddressFamily family, byte kind, byte length)
    {
        await using Balanced balanced = new(_testbed);
        using Capture capture = new(_testbed);
        List<Socket> clients = [];
        List<Socket> servers = [];
        try
        {
            Task accepting = Task.Run(async () =>
            {
                while (servers.Count < Connections)
                    servers.Add(await balanced.Listener.AcceptAsync());
            });
            _testbed.ClientSide.Run(() =>
            {
                for (int i = 0; i < Connections; i++)
                    clients.Add(new Socket(family, SocketType.Stream, ProtocolType.Tcp));
            });
            await Task.WhenAll(clients.Select(client => client.ConnectAsync(Balanced.VirtualAddress(family))))
                .WaitAsync(Deadline.Time);
            await accepting.WaitAsync(Deadline.Time);
            await Task.WhenAll(clients.Select(SendPortAsync)).WaitAsync(Deadline.Time);

            Dictionary<EndPoint, int> ports = [];
            foreach (Socket server in servers)
                ports.Add(server.RemoteEndPoint!, await ReceivePortAsync(server).WaitAsync(Deadline.Time));
            ports.Values.Should().OnlyHaveUniqueItems();

            balanced.Balancer.ListFlows().Should().HaveCount(Connections)
                .And.OnlyContain(flow => flow.State == FlowState.Established && ports[flow.Source] == flow.Client.Port);
            HashSet<EndPoint> named = [];
            foreach (Sent segment in capture.Stop(balanced.Port))
            {
                if (segment.FindClient(kind, length) is not { } client)
                    continue;
                client.Port.Should().Be(ports[segment.Source]);
                named.Add(segment.Source);
            }

            named.Should().HaveCount(Connections, "each has carried the option");
        }
        finally
        {
            foreach (Socket socket in clients.Concat(servers))
                socket.Dispose();
        }
    }

    // The server learns the real client from its data.
    private static async Task SendPortAsync(Socket client)
    {
        byte[] port = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(port, ((IPEndPoint)client.LocalEndPoint!).Port);
        await client.SendAsync(port);
    }

    private static async Task<int> ReceivePortAsync(Socket server)
    {
        byte[] port = new byte[4];
        await server.ReceiveAsync(port);
        return BinaryPrimitives.ReadInt32BigEndian(port);
    }
}
