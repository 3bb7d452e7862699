using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.LoadBalancing.Tests.Support;
using Xunit;

namespace Toa.LoadBalancing.Tests.Network;

/// <summary>A device with several queues between two real kernels.</summary>
[Collection(SharedTestbed.Name)]
public sealed class QueueTests(TestbedFixture fixture)
{
    private readonly Testbed _testbed = fixture.Demand();

    [SkippableTheory]
    [InlineData(AddressFamily.InterNetwork, 2, 200, 8)]
    [InlineData(AddressFamily.InterNetworkV6, 3, 253, 20)]
    public async Task Many_connections_at_once_keep_their_bytes_and_their_clients(
        AddressFamily family, int queues, byte kind, byte length)
    {
        const int Connections = 40, Bytes = 300_000;
        await using Balanced balanced = new(_testbed, configureAll: options => options.Queues = queues);
        await WaitForThreadsAsync([.. Enumerable.Range(0, queues).Select(i => $"balancer toa0/{i}")]);
        using Capture capture = new(_testbed);
        List<Socket> sockets = [];
        try
        {
            List<(Socket Client, Socket Server)> connections = [];
            for (int i = 0; i < Connections; i++)
            {
                connections.Add(await balanced.ConnectAsync(family));
                sockets.AddRange([connections[^1].Client, connections[^1].Server]);
            }

            await Task.WhenAll(connections.SelectMany<(Socket Client, Socket Server), Task>(
                one => [TransferAsync(one.Client, one.Server, Bytes), TransferAsync(one.Server, one.Client, Bytes)]));
            balanced.DropsOfConnections.Should().BeEmpty();
            IReadOnlyList<FlowEntry> flows = balanced.Balancer.ListFlows();
            flows.Should().HaveCount(Connections).And.OnlyContain(flow => flow.State == FlowState.Established);
            flows.Select(flow => flow.Source.Port % queues).Distinct().Should().HaveCount(queues, "each queue has connections");
            balanced.Balancer.ListBackEnds().Sum(one => one.OpenConnections).Should().Be(Connections);

            Dictionary<IPEndPoint, IPEndPoint> clients = flows.ToDictionary(flow => flow.Source, flow => flow.Client);
            ILookup<IPEndPoint, IPEndPoint> named = capture.Stop(balanced.Port)
                .Select(segment => (segment.Source, Client: segment.FindClient(kind, length)))
                .Where(one => one.Client is not null)
                .ToLookup(one => one.Source, one => one.Client!);
            named.Should().HaveCount(Connections, "each has carried the option")
                .And.OnlyContain(one => one.All(client => client.Equals(clients[one.Key])));
        }
        finally
        {
            sockets.ForEach(Balanced.Abort);
        }
    }

    [SkippableFact]
    public async Task A_device_that_allows_one_queue_gets_one_and_the_log_says_so()
    {
        IPRoute.RunBatch(_testbed.BalancerSide, "tuntap add toa7 mode tun");
        LogRecorder log = new();
        LoadBalancerOptions options = new()
        {
            DeviceName = "toa7",
            Queues = 4,
            SourceAddresses = { AddressPrefix.Parse("10.64.0.1/32") },
            Listeners =
            {
                new ListenerOptions
                {
                    VirtualAddress = Balanced.VirtualIPv4,
                    BackEnds = { new BackEndOptions { Address = new IPEndPoint(Testbed.Server, 9) } },
                },
            },
        };
        try
        {
            await using LoadBalancer balancer = _testbed.BalancerSide.Run(() => LoadBalancer.Start(options, log));
            log.Lines.Should().Contain(
                "Information: The kernel gives toa7 1 of 4 queues, so fewer CPU cores forward packets. This is slower, and "
                + "otherwise the same.");
            await WaitForThreadsAsync("balancer toa7");
        }
        finally
        {
            IPRoute.RunBatch(_testbed.BalancerSide, "tuntap del toa7 mode tun");
        }
    }

    // A thread sets its name after its start, and ends after its balancer.
    private static Task WaitForThreadsAsync(params string[] names) => Deadline.WaitUntilAsync(
        () => Directory.GetDirectories("/proc/self/task").Select(NameOf).Where(name => name.StartsWith("balancer toa", StringComparison.Ordinal))
            .Order().SequenceEqual(names),
        $"there are the threads {string.Join(", ", names)}");

    private static string NameOf(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static async Task TransferAsync(Socket from, Socket to, int length)
    {
        byte[] sent = RandomNumberGenerator.GetBytes(length);
        byte[] received = new byte[length];
        Task receiving = Balanced.ReceiveAsync(to, received);
        for (int at = 0; at < length;)
            at += await from.SendAsync(sent.AsMemory(at)).AsTask().WaitAsync(Deadline.Time);
        await receiving;
        received.AsSpan().SequenceEqual(sent).Should().BeTrue("the bytes arrive as they were sent");
    }
}
