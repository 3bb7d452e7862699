using System;
using System.Collections.Generic;
using System.Threading;
using Toa.LoadBalancing.Capture;
using Toa.LoadBalancing.Flows;
using Toa.LoadBalancing.Icmp;
using Toa.LoadBalancing.Options;
using Toa.LoadBalancing.Packets;
using Toa.LoadBalancing.Translation;

namespace Toa.LoadBalancing;

/// <summary>
/// A part of the flows (<see cref="Sharding"/>), with its own table, counters and gate. Usually, the packets of a shard are read
/// by one thread, so its gate is free.
/// </summary>
internal sealed class Shard
{
    // Packets do not wait for longer than it takes to list as many.
    private const int SlotsAtOnce = 1024;

    private readonly FlowTable _table;
    private readonly FlowOpener _opener;
    private readonly ClientSegments _clientSegments;
    private readonly ServerSegments _serverSegments;
    private readonly IcmpErrors _icmpErrors;
    private readonly Arrivals? _arrivals;

    /// <param name="index">Its number in <paramref name="sharding"/>.</param>
    /// <param name="sharding">All shards.</param>
    /// <param name="options">The settings.</param>
    /// <param name="listeners">The listeners of all shards.</param>
    /// <param name="forged">Removes forged options.</param>
    /// <param name="limit">The limit of all shards. The shard is added to it.</param>
    /// <param name="exits">Where its packets go.</param>
    /// <param name="capture">Captures packets; null if they are not captured.</param>
    public Shard(
        int index,
        Sharding sharding,
        LoadBalancerOptions options,
        IReadOnlyDictionary<TransportAddress, Listener> listeners,
        ForgedOptions forged,
        FlowLimit limit,
        Exits exits,
        PacketCapture? capture)
    {
        Outlet outlet = new(exits, Counters, options.Mtu);
        _arrivals = capture is null ? null : new Arrivals(capture);
        SegmentWriter writer = new((ushort)(65536 / sharding.Shards * index));
        _table = new FlowTable(options.Flows);
        _opener = new FlowOpener(_table, limit, index, options.Flows.WhenFull, capture is not null, outlet, Counters);
        _clientSegments = new ClientSegments(listeners, forged, _table, _opener, writer, outlet, _arrivals, Counters);
        _serverSegments = new ServerSegments(_table, _opener, writer, outlet, _arrivals, Counters);
        _icmpErrors = new IcmpErrors(_table, outlet, _arrivals, Counters);
        limit.AddShard(Gate, _opener);
    }

    /// <summary>Held by each thread that uses the shard.</summary>
    public Lock Gate { get; } = new();

    public CounterSet Counters { get; } = new();

    /// <summary>Processes a packet for a virtual address or a source address.</summary>
    public void Process(in IpPacketView ip, bool isFromClient, in Offload offload, long now)
    {
        lock (Gate)
        {
            // A fast path in the kernel (TC-BPF) would translate flows with IsOptionSettled, so that only other packets arrive here.
            _arrivals?.Begin(isFromClient);
            DropReason reason = Forward(ip, isFromClient, offload, now);
            if (reason == DropReason.None)
                return;
            Counters.Dropped[(int)reason]++;
            _arrivals?.AddDropped(ip, reason);
        }
    }

    /// <summary>Counts a packet that cannot be processed.</summary>
    public void Drop(DropReason reason)
    {
        lock (Gate)
            Counters.Dropped[(int)reason]++;
    }

    /// <summary>Expires flows.</summary>
    public void Tick(long now)
    {
        lock (Gate)
            _opener.Expire(now);
    }

    public void ListFlows(long now, ICollection<FlowEntry> into)
    {
        int slot = 0;
        bool hasMore = true;
        while (hasMore)
        {
            lock (Gate)
            {
                for (int end = Math.Min(slot + SlotsAtOnce, _table.SlotCount); slot < end; slot++)
                {
                    if (_table.At(slot) is { } flow)
                        into.Add(Describe(flow, now));
                }

                hasMore = slot < _table.SlotCount;
            }
        }
    }

    private static FlowEntry Describe(Flow flow, long now) => new()
    {
        Client = flow.Client.ToEndPoint(),
        VirtualAddress = flow.Listener.VirtualAddress.ToEndPoint(),
        Source = flow.Source.ToEndPoint(),
        BackEnd = flow.BackEnd.Address.ToEndPoint(),
        State = flow.State,
        Age = TimeSpan.FromMilliseconds(now - flow.OpenedAt),
        Idle = TimeSpan.FromMilliseconds(now - flow.LastPacketAt),
        PacketsFromClient = flow.PacketsFromClient,
        PacketsFromServer = flow.PacketsFromServer,
        OptionsWritten = flow.OptionsWritten,
    };

    private DropReason Forward(in IpPacketView ip, bool isFromClient, in Offload offload, long now)
    {
        Count(isFromClient, packets: 1);
        if (!Addresses.CanBeSource(ip.Source))
            return DropReason.BadAddress;
        if (ip.HopLimit <= 1)
            return DropReason.HopLimit;
        if (ip.Protocol == (ip.IsIPv4 ? IpProtocol.Icmp : IpProtocol.IcmpV6))
            return _icmpErrors.Forward(ip);
        if (ip.Protocol != IpProtocol.Tcp)
            return DropReason.NotTcp;

        if (!TcpSegmentView.TryRead(ip.Payload, offload, out TcpSegmentView segment, out DropReason reason))
            return reason;
        Count(isFromClient, segment.Packets - 1);
        if (segment.SourcePort == 0 || segment.DestinationPort == 0)
            return DropReason.BadAddress;
        if (!TcpOptionReader.IsSound(segment.Options))
            return DropReason.BadTcpOptions;
        return isFromClient
            ? _clientSegments.Forward(ip, segment, now)
            : _serverSegments.Forward(ip, segment, now);
    }

    private void Count(bool isFromClient, int packets)
    {
        Counters.FromClients += isFromClient ? packets : 0;
        Counters.FromServers += isFromClient ? 0 : packets;
    }
}
