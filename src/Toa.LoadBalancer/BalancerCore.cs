using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using Toa.LoadBalancing.Backends;
using Toa.LoadBalancing.Capture;
using Toa.LoadBalancing.Flows;
using Toa.LoadBalancing.Options;
using Toa.LoadBalancing.Packets;
using Toa.LoadBalancing.Translation;

namespace Toa.LoadBalancing;

/// <summary>
/// Processes packets, without access to a device or a clock. All members may be called from any thread. No packet makes it throw,
/// and it does not allocate in the steady state.
/// </summary>
internal sealed class BalancerCore
{
    private readonly Listener[] _listeners;
    private readonly HashSet<UInt128> _virtualAddresses;
    private readonly HashSet<UInt128> _sources = [];
    private readonly Sharding _sharding;
    private readonly Shard[] _shards;
    private readonly PacketCapture? _capture;

    /// <param name="options">Valid options; see <see cref="OptionsValidation"/>.</param>
    /// <param name="sinks">Where packets go. There is one shard for each.</param>
    /// <param name="firstPort">Selects the first source port. Any number, different in each run.</param>
    /// <param name="capture">Captures packets; null to capture none.</param>
    public BalancerCore(
        LoadBalancerOptions options, IReadOnlyList<IPacketSink> sinks, int firstPort, PacketCapture? capture = null)
    {
        _capture = capture;
        _sharding = new Sharding(sinks.Count);
        SourcePorts[] ipv4Ports = MakePorts(AddressFamily.InterNetwork);
        SourcePorts[] ipv6Ports = MakePorts(AddressFamily.InterNetworkV6);
        Dictionary<TransportAddress, PortPool[]> pools = [];
        CounterSet faults = new();
        Exits[] exits = [.. sinks.Select(MakeExits)];
        _listeners = [.. options.Listeners.Select(MakeListener)];

        ForgedOptions forged = new(_listeners.Select(listener => listener.Format).Append(ToaOptionFormat.Tencent));
        Dictionary<TransportAddress, Listener> byAddress = _listeners.ToDictionary(listener => listener.VirtualAddress);
        FlowLimit limit = new(options.Flows.MaxFlows);
        _shards = [.. exits.Select((exit, i) => new Shard(i, _sharding, options, byAddress, forged, limit, exit, capture))];
        CounterSets = [.. _shards.Select(shard => shard.Counters), faults];
        _virtualAddresses = [.. _listeners.Select(listener => listener.VirtualAddress.Address)];
        _sources.UnionWith(ipv4Ports[0].DistinctAddresses);
        _sources.UnionWith(ipv6Ports[0].DistinctAddresses);

        SourcePorts[] MakePorts(AddressFamily family) => [.. sinks.Select((_, shard) => new SourcePorts(
            options.SourceAddresses, family, options.FirstPort, options.LastPort, _sharding, shard))];

        Exits MakeExits(IPacketSink sink) => capture is null
            ? new Exits(sink, sink)
            : new Exits(
                new CapturingSink(sink, capture, CaptureSide.Clients), new CapturingSink(sink, capture, CaptureSide.Servers));

        Listener MakeListener(ListenerOptions listener) =>
            new(listener, [.. listener.BackEnds.Select(MakeBackEnd)], exits[0], faults);

        BackEnd MakeBackEnd(BackEndOptions backEnd)
        {
            TransportAddress address = TransportAddress.From(backEnd.Address);
            if (!pools.TryGetValue(address, out PortPool[]? ports))
            {
                SourcePorts[] own = address.IsIPv4 ? ipv4Ports : ipv6Ports;
                ports = [.. own.Select(ports => new PortPool(ports, options.Flows.PortRest, firstPort))];
                pools.Add(address, ports);
            }

            return new BackEnd(address, backEnd.Weight, ports);
        }
    }

    public LoadBalancerCounters Counters => CounterSet.Sum(CounterSets, _capture?.Missing ?? 0);

    /// <summary>The sum of them is <see cref="Counters"/>.</summary>
    public CounterSet[] CounterSets { get; }

    public int CountShards => _shards.Length;

    public IReadOnlyList<Listener> Listeners => _listeners;

    /// <summary>Processes one packet from the device.</summary>
    /// <param name="packet">Any bytes.</param>
    /// <param name="offload">What the sender left to the device.</param>
    /// <param name="now">Milliseconds since any fixed moment.</param>
    public void Process(ReadOnlySpan<byte> packet, in Offload offload, long now)
    {
        if (!IpPacketView.TryRead(packet, out IpPacketView ip, out DropReason reason))
        {
            _shards[0].Drop(reason);
            return;
        }

        bool isFromClient = _virtualAddresses.Contains(ip.Destination);
        if (isFromClient || _sources.Contains(ip.Destination))
            _shards[_sharding.Of(ip, isFromClient)].Process(ip, isFromClient, offload, now);
        else
            _shards[0].Drop(DropReason.NotOurs);
    }

    /// <summary>Expires flows of one shard. Call it several times a second.</summary>
    public void Tick(int shard, long now) => _shards[shard].Tick(now);

    /// <summary>Sends the delayed packets that are due.</summary>
    /// <returns>When the next packet is due.</returns>
    public long Flush(long now)
    {
        long next = long.MaxValue;
        foreach (Listener listener in _listeners)
        {
            if (listener.Faults is not { } faults)
                continue;
            faults.Flush(now);
            next = Math.Min(next, Math.Min(faults.ToClients.NextAt, faults.ToServers.NextAt));
        }

        return next;
    }

    /// <summary>Lists the flows. Packets are processed at the same time.</summary>
    public List<FlowEntry> ListFlows(long now)
    {
        List<FlowEntry> flows = [];
        foreach (Shard shard in _shards)
            shard.ListFlows(now, flows);
        return flows;
    }

    /// <summary>Makes a change while no packet is processed. The change may send packets.</summary>
    public void Change(Action change)
    {
        int entered = 0;
        try
        {
            for (; entered < _shards.Length; entered++)
                _shards[entered].Gate.Enter();
            change();
        }
        finally
        {
            while (entered > 0)
                _shards[--entered].Gate.Exit();
        }
    }
}
