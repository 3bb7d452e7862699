using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using FluentAssertions;
using Toa.LoadBalancing.Capture;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Tests.Support;

/// <summary>
/// The core of a balancer without a device and a clock. Tests pass packets to it, and it keeps the packets that it sends.
/// </summary>
internal sealed class TestCore
{
    public static readonly IPEndPoint VirtualIPv4 = IPEndPoint.Parse("198.51.100.1:80");
    public static readonly IPEndPoint VirtualIPv6 = IPEndPoint.Parse("[2001:db8:100::1]:80");
    public static readonly IPEndPoint ClientIPv4 = IPEndPoint.Parse("192.0.2.10:40000");
    public static readonly IPEndPoint ClientIPv6 = IPEndPoint.Parse("[2001:db8::1]:40000");
    public static readonly IPEndPoint Server = IPEndPoint.Parse("10.0.0.2:8080");
    public static readonly IPEndPoint ServerIPv6 = IPEndPoint.Parse("[fd00:10::2]:8080");

    private readonly List<(byte[] Packet, Offload Offload)> _out = [];

    public TestCore(Action<LoadBalancerOptions>? configure = null, int queues = 1, PacketCapture? capture = null)
    {
        LoadBalancerOptions options = new()
        {
            Listeners =
            {
                new ListenerOptions { VirtualAddress = VirtualIPv4, BackEnds = { new BackEndOptions { Address = Server } } },
                new ListenerOptions { VirtualAddress = VirtualIPv6, BackEnds = { new BackEndOptions { Address = Server } } },
            },
            SourceAddresses = { AddressPrefix.Parse("10.64.0.1/32") },
        };
        configure?.Invoke(options);
        OptionsValidation.Check(options);
        Core = new BalancerCore(options, [.. Enumerable.Range(0, queues).Select(i => new Queue(this, i))], firstPort: 0, capture);
    }

    public BalancerCore Core { get; }

    /// <summary>Milliseconds.</summary>
    public long Now { get; set; } = 1_000_000;

    public LoadBalancerCounters Counters => Core.Counters;

    /// <summary>Thrown instead of sending a packet, as when the interface is down; null to send.</summary>
    public Exception? SendFailure { get; set; }

    /// <summary>The queue of each packet that was sent.</summary>
    public List<int> Queues { get; } = [];

    public List<FlowEntry> Flows => Core.ListFlows(Now);

    /// <summary>A core with IPv6 servers.</summary>
    public static TestCore WithIPv6Servers() => new(options =>
    {
        options.SourceAddresses.Add(AddressPrefix.Parse("fd00:64::1/128"));
        foreach (ListenerOptions listener in options.Listeners)
            listener.BackEnds[0].Address = ServerIPv6;
    });

    public static TestCore With(Action<ListenerOptions> configure) => new(options =>
    {
        foreach (ListenerOptions listener in options.Listeners)
            configure(listener);
    });

    /// <summary>Passes a packet to the core, and returns the packets that it sends.</summary>
    public IReadOnlyList<Sent> Send(byte[] packet) => Send(packet, default);

    /// <summary>
    /// Passes a packet to the core that leaves work to the device, and returns the packets that the next device sends.
    /// </summary>
    public IReadOnlyList<Sent> Send(byte[] packet, Offload offload)
    {
        Core.Process(packet, offload, Now);
        return Take();
    }

    /// <summary>
    /// Passes a packet to the core that may be damaged. The packets that it sends may be damaged, too, and are not read.
    /// </summary>
    public IReadOnlyList<byte[]> SendUnread(byte[] packet)
    {
        Core.Process(packet, default, Now);
        byte[][] sent = [.. _out.Select(sent => sent.Packet)];
        _out.Clear();
        return sent;
    }

    public IReadOnlyList<Sent> Send(Segment segment) => Send(segment.ToBytes());

    /// <summary>Passes a packet to the core, and expects that it sends one packet.</summary>
    public Sent Pass(Segment segment)
    {
        IReadOnlyList<Sent> sent = Send(segment);
        sent.Should().ContainSingle($"dropped: {Drops()}");
        return sent[0];
    }

    /// <summary>Passes a packet to the core, and expects that it drops the packet for this reason.</summary>
    public void Drop(byte[] packet, DropReason reason)
    {
        long before = Dropped(reason);
        Send(packet).Should().BeEmpty();
        Dropped(reason).Should().Be(before + 1, $"dropped: {Drops()}");
    }

    public IReadOnlyList<Sent> Wait(TimeSpan time)
    {
        Now += (long)time.TotalMilliseconds;
        for (int shard = 0; shard < Core.CountShards; shard++)
            Core.Tick(shard, Now);
        Core.Flush(Now);
        return Take();
    }

    public long Dropped(DropReason reason) => Counters.PacketsDropped[reason];

    private string Drops() => string.Join(", ", Counters.PacketsDropped.Where(drop => drop.Value > 0));

    private List<Sent> Take()
    {
        List<Sent> sent = [.. _out.SelectMany(sent => NetworkCard.Send(sent.Packet, sent.Offload)).Select(Sent.Read)];
        _out.Clear();
        return sent;
    }

    private sealed class Queue(TestCore core, int index) : IPacketSink
    {
        public void Send(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, in Offload offload, FlowTag? flow)
        {
            if (core.SendFailure is { } failure)
                throw failure;
            core._out.Add(([.. headers, .. payload], offload));
            core.Queues.Add(index);
        }
    }
}
