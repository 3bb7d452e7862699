using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading;
using FluentAssertions;
using Toa.LoadBalancing.Capture;
using Toa.LoadBalancing.Packets;
using Toa.LoadBalancing.Tests.Support;
using Xunit;

namespace Toa.LoadBalancing.Tests;

/// <summary>Several queues: each packet must find its flow, and what the listeners promise holds for all queues together.</summary>
public sealed class ShardTests
{
    private const int Queues = 4;

    private static readonly IPAddress s_router = IPAddress.Parse("10.0.0.254");
    private static readonly IPAddress s_clientsRouter = IPAddress.Parse("2001:db8:ffff::1");

    [Fact]
    public void Both_directions_and_their_errors_stay_in_the_queue_of_the_source_port()
    {
        TestCore core = new(queues: Queues);
        for (int port = 1; port <= 100; port++)
        {
            core.Queues.Clear();
            Conversation conversation = Conversation.Open(core, Client(port));
            Sent data = conversation.SendData(10);
            Sent answer = conversation.SendServerData(10);
            core.Send(IcmpPackets.IPv4(s_router, conversation.Source.Address, 3, 1, 0, data.Bytes)).Should().ContainSingle();
            core.Send(IcmpPackets.IPv6(s_clientsRouter, TestCore.VirtualIPv6.Address, 1, 3, 0, answer.Bytes)).Should().ContainSingle();
            core.Queues.Should().HaveCount(7).And.OnlyContain(queue => queue == conversation.Source.Port % Queues);
        }

        core.Flows.Select(flow => flow.Source.Port % Queues).Distinct().Should().HaveCount(Queues);
        core.Counters.FlowsOpened.Should().Be(100);
        core.Counters.IcmpTranslated.Should().Be(200);
    }

    [Theory]
    [InlineData(5000, 5009)]
    [InlineData(5002, 5005)]
    [InlineData(65530, 65535)]
    public void Each_source_port_belongs_to_one_queue(int first, int last)
    {
        TestCore core = new(
            options =>
            {
                options.SourceAddresses.Add(AddressPrefix.Parse("10.64.0.2/32"));
                options.FirstPort = first;
                options.LastPort = last;
            },
            Queues);
        for (int port = 1; port <= 1000; port++)
            core.Send(new Conversation(core, Client(port)).Syn());

        IEnumerable<string> all = Enumerable.Range(first, last - first + 1).SelectMany<int, string>(
            port => [$"10.64.0.1:{port}", $"10.64.0.2:{port}"]);
        core.Flows.Select(flow => flow.Source.ToString()).Should().BeEquivalentTo(all);
        core.Counters.FlowsRefused[FlowRefusal.NoPort].Should().Be(1000 - core.Flows.Count);
    }

    [Theory]
    [InlineData(BackEndScheduling.RoundRobin)]
    [InlineData(BackEndScheduling.LeastConnections)]
    public void Back_ends_get_their_shares_of_all_queues_together(BackEndScheduling scheduling)
    {
        TestCore core = new(options => SetBackEnds(options, scheduling, 5, 2, 1), Queues);
        for (int round = 1; round <= 20; round++)
        {
            for (int i = 0; i < 8; i++)
                new Conversation(core, Client((8 * round) + i)).SendSyn();
            core.Core.Listeners[1].Scheduler.BackEnds.ToArray().Select(one => one.OpenFlows).Should()
                .Equal(5 * round, 2 * round, round);
        }
    }

    [Fact]
    public void Connections_that_open_at_the_same_time_get_exact_shares_and_keep_the_limit()
    {
        const int Syns = 2000, MostFlows = 800;
        BalancerCore core = MakeCore(options =>
        {
            SetBackEnds(options, BackEndScheduling.RoundRobin, 3, 1);
            options.Flows.MaxFlows = MostFlows;
            options.Flows.WhenFull = FlowTableFullPolicy.RefuseNew;
        });
        Array.ForEach(StartThreads(core, Syns), thread => thread.Join());

        core.Listeners[0].Scheduler.BackEnds.ToArray().Select(one => one.OpenFlows).Should()
            .Equal(MostFlows * 3 / 4, MostFlows / 4);
        core.ListFlows(0).Should().HaveCount(MostFlows);
        core.ListFlows(0).Select(flow => (flow.Source, flow.BackEnd)).Should().OnlyHaveUniqueItems();
        core.Counters.FlowsOpen.Should().Be(MostFlows);
        core.Counters.FlowsRefused[FlowRefusal.TableFull].Should().Be(Syns - MostFlows);
        core.Counters.ToServers.Should().Be(MostFlows);
    }

    [Fact]
    public void Evictions_at_the_same_time_keep_the_limit()
    {
        const int Syns = 2000, MostFlows = 20;
        BalancerCore core = MakeCore(options => options.Flows.MaxFlows = MostFlows);
        Thread[] threads = StartThreads(core, Syns);
        while (threads.Any(thread => thread.IsAlive))
            core.Change(() => core.ListFlows(0).Count.Should().BeLessThanOrEqualTo(MostFlows));

        LoadBalancerCounters counters = core.Counters;
        counters.FlowsOpen.Should().Be(core.ListFlows(0).Count).And.BeLessThanOrEqualTo(MostFlows);
        counters.FlowsOpened.Should().Be(counters.FlowsOpen + counters.FlowsEvicted);
        (counters.FlowsOpened + counters.FlowsRefused[FlowRefusal.TableFull]).Should().Be(Syns);
        core.Listeners[0].Scheduler.BackEnds[0].OpenFlows.Should().Be((int)counters.FlowsOpen);
    }

    [Fact]
    public void A_bandwidth_is_that_of_all_queues_together()
    {
        TestCore core = new(
            options => options.Listeners[1].Faults.ToServers.Bandwidth = 8_000_000,
            Queues);
        Conversation[] all = [.. Enumerable.Range(1, 20).Select(port => new Conversation(core, Client(port)))];
        foreach (Conversation one in all)
        {
            core.Send(one.Syn()).Should().BeEmpty("it waits for the link");
            core.Wait(TimeSpan.FromSeconds(1)).Should().ContainSingle();
            core.Send(one.SynAckTo(core.Flows.Single(flow => flow.Client.Equals(one.Client))));
            one.ClientNext++;
            one.ServerNext++;
        }

        int packets = 0;
        foreach (Conversation one in all)
            core.Send(one.FromClient() with { Payload = new byte[980] });
        for (int millisecond = 0; millisecond < 10; millisecond++)
            packets += core.Wait(TimeSpan.FromMilliseconds(1)).Count;
        packets.Should().Be(9, "a packet of 1020 to 1032 bytes takes a little more than 1 ms");
    }

    private static IPEndPoint Client(int port) => new(TestCore.ClientIPv6.Address, port);

    private static BalancerCore MakeCore(Action<LoadBalancerOptions> configure)
    {
        LoadBalancerOptions options = new()
        {
            Listeners =
            {
                new ListenerOptions
                {
                    VirtualAddress = TestCore.VirtualIPv6,
                    BackEnds = { new BackEndOptions { Address = TestCore.Server } },
                },
            },
            SourceAddresses = { AddressPrefix.Parse("10.64.0.1/32") },
        };
        configure(options);
        return new BalancerCore(options, [.. Enumerable.Range(0, Queues).Select(_ => new Nowhere())], firstPort: 0);
    }

    /// <summary>Starts threads that pass SYNs of different clients to the core.</summary>
    private static Thread[] StartThreads(BalancerCore core, int syns)
    {
        TestCore model = new();
        byte[][] packets = [.. Enumerable.Range(1, syns).Select(port => new Conversation(model, Client(port)).Syn().ToBytes())];
        Thread[] threads = [.. Enumerable.Range(0, Queues).Select(number => new Thread(() =>
        {
            for (int i = number; i < packets.Length; i += Queues)
                core.Process(packets[i], default, 0);
        }))];
        Array.ForEach(threads, thread => thread.Start());
        return threads;
    }

    private static void SetBackEnds(LoadBalancerOptions options, BackEndScheduling scheduling, params int[] weights)
    {
        ListenerOptions listener = options.Listeners[^1];
        listener.Scheduling = scheduling;
        listener.BackEnds.Clear();
        for (int i = 0; i < weights.Length; i++)
            listener.BackEnds.Add(new BackEndOptions { Address = IPEndPoint.Parse($"10.0.0.{2 + i}:8080"), Weight = weights[i] });
    }

    private sealed class Nowhere : IPacketSink
    {
        public void Send(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, in Offload offload, FlowTag? flow)
        {
        }
    }
}
