using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using FluentAssertions;
using Microsoft.Extensions.Logging.Abstractions;
using Toa.LoadBalancing.Capture;
using Toa.LoadBalancing.Packets;
using Toa.LoadBalancing.Tests.Support;
using Xunit;

namespace Toa.LoadBalancing.Tests;

/// <summary>Packets must not cause allocations, because there are hundreds of thousands of them.</summary>
public sealed class AllocationTests
{
    [Theory]
    [InlineData(1000, 0, 1, false)]
    [InlineData(60_000, 1400, 1, false)]
    [InlineData(1000, 0, 4, false)]
    [InlineData(1000, 0, 4, true)]
    public void Segments_of_open_connections_allocate_nothing(int length, ushort segmentSize, int queues, bool isCaptured)
    {
        Offload offload = new(NeedsChecksum: segmentSize > 0, segmentSize, HasCongestionFlag: false);
        Conversation conversation = new(new TestCore(), TestCore.ClientIPv6);
        using PacketCapture? capture = isCaptured ? new(Stream.Null, "", "", NullLogger.Instance) : null;
        BalancerCore core = new(Options(), Nowhere.ForEach(queues), firstPort: 0, capture);
        core.Process(conversation.Syn().ToBytes(), default, 0);
        // The core may select another port than that of the conversation.
        conversation.SendSyn();
        conversation.Take(core.ListFlows(0)[0]);
        core.Process(conversation.SynAck().ToBytes(), default, 0);
        conversation.SendSynAck();
        // The first time that the thread which writes holds a lock, a thread that waits for it allocates an event, once.
        int rounds = isCaptured ? 5 : 1;
        byte[] up = (conversation.FromClient() with { Options = OptionBytes.Timestamps, Payload = new byte[length] }).ToBytes();
        byte[] down = (conversation.FromServer() with { Options = OptionBytes.Timestamps, Payload = new byte[length] }).ToBytes();
        Measure(core, core =>
        {
            core.Process(up, offload, 0);
            core.Process(down, offload, 0);
            core.Tick(0, 0);
        }, rounds);
        int packets = offload.PacketsFor(length) * 2000 * (1 + rounds);
        core.Counters.ToServers.Should().Be(1 + packets);
        core.Counters.OptionsInserted.Should().Be(2000 * (1 + rounds));
        core.Counters.ToClients.Should().Be(1 + packets);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Connections_that_come_and_go_allocate_nothing_once_there_is_room(int queues)
    {
        LoadBalancerOptions options = Options();
        options.Flows.ClosedTimeout = TimeSpan.FromMilliseconds(1);
        options.Flows.PortRest = TimeSpan.FromMilliseconds(1);
        options.LastPort = 1100;
        Conversation model = new(new TestCore(), TestCore.ClientIPv6);
        byte[] syn = model.Syn().ToBytes();
        byte[] reset = (model.FromClient() with { Rst = true, SequenceNumber = 1001 }).ToBytes();
        long now = 0;
        Measure(new BalancerCore(options, Nowhere.ForEach(queues), 0), core =>
        {
            core.Process(syn, default, now);
            core.Process(reset, default, now);
            now += 2;
            for (int shard = 0; shard < queues; shard++)
                core.Tick(shard, now);
        });
    }

    [Fact]
    public void Noise_allocates_nothing()
    {
        byte[] noise = new byte[100];
        new Random(1).NextBytes(noise);
        IPEndPoint elsewhere = IPEndPoint.Parse("198.51.100.9:1");
        byte[] stray = new Segment { Source = TestCore.ClientIPv4, Destination = elsewhere, Ack = true }.ToBytes();
        Measure(new TestCore().Core, core =>
        {
            core.Process(noise, default, 0);
            core.Process(stray, default, 0);
        });
    }

    private static LoadBalancerOptions Options() => new()
    {
        SourceAddresses = { AddressPrefix.Parse("10.64.0.1/32") },
        Listeners =
        {
            new ListenerOptions
            {
                VirtualAddress = TestCore.VirtualIPv6,
                BackEnds = { new BackEndOptions { Address = TestCore.Server } },
            },
        },
    };

    private static void Measure(BalancerCore core, Action<BalancerCore> turn, int rounds = 1)
    {
        for (int i = 0; i < 2000; i++)
            turn(core);
        List<long> allocated = [];
        for (int round = 0; round < rounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 2000; i++)
                turn(core);
            allocated.Add(GC.GetAllocatedBytesForCurrentThread() - before);
        }

        allocated.Min().Should().Be(0);
    }

    private sealed class Nowhere : IPacketSink
    {
        public static IPacketSink[] ForEach(int queues) => [.. Enumerable.Range(0, queues).Select(_ => new Nowhere())];

        public void Send(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, in Offload offload, FlowTag? flow)
        {
        }
    }
}
