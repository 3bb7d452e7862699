using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Toa.LoadBalancing.Tests.Support;
using Xunit;

namespace Toa.LoadBalancing.Tests;

/// <summary>
/// The properties that hold for all traffic. Many connections at a time send random segments, also with full, forged and
/// malformed lists of options. Some packets are noise.
/// </summary>
public sealed class RandomTrafficTests
{
    private const int Steps = 20_000;

    // Two invalid lengths, three valid ones, and one that exceeds every header.
    private static readonly byte[] s_lengths = [0, 1, 2, 3, 4, 200];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 1)]
    [InlineData(5, 2)]
    [InlineData(6, 3)]
    [InlineData(7, 4)]
    [InlineData(8, 5)]
    public void Every_segment_that_leaves_is_the_one_that_came(int seed, int queues)
    {
        Random random = new(seed);
        TestCore core = new(options =>
        {
            options.Flows.MaxFlows = 50;
            options.Flows.PortRest = TimeSpan.FromSeconds(1);
            options.LastPort = options.FirstPort + 99;
            options.Listeners[0].Placement = (OptionPlacement)random.Next(4);
            options.Listeners[1].Placement = (OptionPlacement)random.Next(4);
            options.Listeners[0].Format = AnyFormat(random, AddressFamily.InterNetwork);
            options.Listeners[1].Format = AnyFormat(random, AddressFamily.InterNetworkV6);
        }, queues);
        List<Conversation> open = [];
        for (int step = 0; step < Steps; step++)
        {
            core.Now += random.Next(20);
            switch (random.Next(20))
            {
                case 0:
                    core.Wait(TimeSpan.FromMilliseconds(random.Next(2000)));
                    break;
                case 1:
                    core.SendUnread(Noise(random));
                    break;
                case 2 or 3:
                    open.Add(Begin(core, random));
                    break;
                default:
                    if (open.Count > 0)
                        Step(core, random, open[random.Next(open.Count)]);
                    break;
            }

            if (open.Count > 60)
                open.RemoveAt(0);
        }

        LoadBalancerCounters counters = core.Counters;
        counters.FlowsOpened.Should().Be(
            counters.FlowsOpen + counters.FlowsClosed + counters.FlowsExpired + counters.FlowsEvicted);
        counters.FlowsOpen.Should().Be(core.Flows.Count).And.BeLessThanOrEqualTo(50);
        core.Flows.Select(flow => (flow.Source, flow.BackEnd)).Should().OnlyHaveUniqueItems();
        core.Flows.Select(flow => (flow.Client, flow.VirtualAddress)).Should().OnlyHaveUniqueItems();
        counters.ToServers.Should().BeGreaterThan(1000);
        counters.ToClients.Should().BeGreaterThan(1000);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    public void Faults_break_nothing_else(int seed)
    {
        Random random = new(seed);
        TestCore core = TestCore.With(listener => listener.Faults = new FaultOptions
        {
            ToServers = { Drop = 5, Duplicate = 5, Reorder = 5, Jitter = TimeSpan.FromMilliseconds(5), ResetAfter = 3000 },
            ToClients = { Drop = 5, Duplicate = 5, Reorder = 5, Bandwidth = 1_000_000, LargestPacket = 500 },
            ForgedBefore = 10,
            ForgedAfter = 10,
            Truncated = 10,
            Seed = seed,
        });
        Conversation[] all =
        [
            .. Enumerable.Range(1, 50).Select(port => new Conversation(core, new(TestCore.ClientIPv4.Address, port))),
        ];
        for (int step = 0; step < Steps / 2; step++)
        {
            Conversation one = all[random.Next(all.Length)];
            // Reading the sent packets checks all lengths and checksums.
            core.Send((random.Next(10) == 0 ? one.Syn() : one.FromClient()) with { Options = RandomOptions(random) });
            core.Wait(TimeSpan.FromMilliseconds(random.Next(30)));
        }

        core.Counters.Faults.Where(fault => fault.Key <= FaultKind.Delay).Should().OnlyContain(fault => fault.Value > 0);
    }

    private static ToaOptionFormat AnyFormat(Random random, AddressFamily family)
    {
        ToaOptionFormat[] formats = [.. ToaOptionFormat.Vendors.Where(vendor => vendor.ProblemFor(family) is null)];
        return formats[random.Next(formats.Length)];
    }

    private static Conversation Begin(TestCore core, Random random)
    {
        IPAddress address = random.Next(2) == 0 ? TestCore.ClientIPv4.Address : TestCore.ClientIPv6.Address;
        Conversation conversation = new(
            core, new IPEndPoint(address, random.Next(1, 200)), (uint)random.NextInt64(), (uint)random.NextInt64());
        Segment syn = conversation.Syn() with { Options = OptionBytes.LinuxSyn((ushort)random.Next(40, 9000)) };
        foreach (Sent sent in core.Send(syn))
        {
            if (!sent.Tcp.Reset && sent.Destination.Equals(TestCore.Server))
                conversation.Take(sent);
        }

        conversation.ClientNext++;
        return conversation;
    }

    private static void Step(TestCore core, Random random, Conversation conversation)
    {
        if (!conversation.HasServer)
            return;
        bool fromClient = random.Next(2) == 0;
        Segment plain = fromClient ? conversation.FromClient() : conversation.FromServer();
        Segment segment = plain with
        {
            Payload = Noise(random),
            Options = RandomOptions(random),
            SequenceNumber = plain.SequenceNumber + (uint)random.Next(-3, 4),
            AcknowledgmentNumber = plain.AcknowledgmentNumber + (uint)random.Next(-3, 4),
            Syn = random.Next(30) == 0,
            Fin = random.Next(30) == 0,
            Rst = random.Next(60) == 0,
        };
        if (segment.Syn)
            segment = segment with { Fin = false, Rst = false };

        FlowEntry? flow = core.Flows.Find(flow => fromClient
            ? flow.Client.Equals(segment.Source) && flow.VirtualAddress.Equals(segment.Destination)
            : flow.Source.Equals(segment.Destination) && flow.BackEnd.Equals(segment.Source));
        foreach (Sent sent in core.Send(segment))
            Compare(sent, segment, flow, fromClient);
        if (fromClient)
            conversation.ClientNext += (uint)segment.Payload.Length;
        else
            conversation.ServerNext += (uint)segment.Payload.Length;
    }

    private static void Compare(Sent sent, Segment segment, FlowEntry? flow, bool fromClient)
    {
        sent.Bytes.Length.Should().BeLessThanOrEqualTo(1500);
        bool isForwarded = flow is not null && sent.IP.PayloadPacket is PacketDotNet.TcpPacket
            && sent.Destination.Equals(fromClient ? flow.BackEnd : flow.Client);
        if (!isForwarded)
            return;

        sent.Source.Should().Be(fromClient ? flow!.Source : flow!.VirtualAddress);
        sent.Tcp.SequenceNumber.Should().Be(segment.SequenceNumber);
        sent.Tcp.AcknowledgmentNumber.Should().Be(segment.AcknowledgmentNumber);
        sent.Payload.Should().Equal(segment.Payload);
        sent.Tcp.Finished.Should().Be(segment.Fin);
        sent.Tcp.Reset.Should().Be(segment.Rst);
        if (fromClient && sent.OptionList() is [{ } first, ..] && (first[0], first.Length) is (200, 8) or (253, 20))
            sent.FindClient(first[0], (byte)first.Length).Should().Be(flow.Client, "it is never somebody else's");
    }

    private static byte[] Noise(Random random)
    {
        byte[] noise = new byte[random.Next(100)];
        random.NextBytes(noise);
        return noise;
    }

    private static byte[] RandomOptions(Random random)
    {
        List<byte> options = [];
        while (random.Next(3) > 0)
        {
            byte[] next = random.Next(8) switch
            {
                0 => OptionBytes.Timestamps,
                1 => OptionBytes.Sack(random.Next(1, 4)),
                2 => [200, 8, 1, 2, 3, 4, 5, 6],
                3 => [253, 20, .. new byte[18]],
                4 => [0, 0, 0, 0],
                5 => [77, s_lengths[random.Next(s_lengths.Length)], 1, 1],
                6 => [1, 1, 1, 1],
                _ => [30, 8, 1, 2, 3, 4, 5, 6],
            };
            if (options.Count + next.Length > 40)
                break;
            options.AddRange(next);
            // The bytes after an end of the list are not options.
            if (next[0] == 0)
                break;
        }

        return [.. options];
    }
}
