using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using Toa.LoadBalancing.Backends;
using Toa.LoadBalancing.Flows;
using Toa.LoadBalancing.Icmp;
using Toa.LoadBalancing.Options;
using Toa.LoadBalancing.Packets;
using Toa.LoadBalancing.Translation;

namespace Toa.LoadBalancing;

/// <summary>
/// Processes packets, without access to a device or a clock. Not thread-safe: the caller calls it from one thread at a time.
/// No packet makes it throw, and it does not allocate in the steady state.
/// </summary>
internal sealed class BalancerCore
{
    private readonly Listener[] _listeners;
    private readonly HashSet<UInt128> _virtualAddresses = [];
    private readonly HashSet<UInt128> _sources = [];
    private readonly FlowTable _table;
    private readonly FlowOpener _opener;
    private readonly ClientSegments _clientSegments;
    private readonly ServerSegments _serverSegments;
    private readonly IcmpErrors _icmpErrors;

    /// <param name="options">Valid options; see <see cref="OptionsValidation"/>.</param>
    /// <param name="sink">Where packets go.</param>
    /// <param name="firstPort">Selects the first source port. Any number, different in each run.</param>
    public BalancerCore(LoadBalancerOptions options, IPacketSink sink, int firstPort)
    {
        SourcePorts ipv4Ports = new(options.SourceAddresses, AddressFamily.InterNetwork, options.FirstPort, options.LastPort);
        SourcePorts ipv6Ports = new(options.SourceAddresses, AddressFamily.InterNetworkV6, options.FirstPort, options.LastPort);
        Dictionary<TransportAddress, PortPool> pools = [];
        _listeners = [.. options.Listeners.Select(MakeListener)];

        Outlet outlet = new(sink, Counters, options.Mtu);
        SegmentWriter writer = new();
        _table = new FlowTable(options.Flows);
        _opener = new FlowOpener(_table, options.Flows.WhenFull, outlet, Counters);
        _clientSegments = new ClientSegments(
            _listeners.ToDictionary(listener => listener.VirtualAddress),
            new ForgedOptions(_listeners.Select(listener => listener.Format).Append(ToaOptionFormat.Tencent)),
            _table, _opener, writer, outlet, Counters);
        _serverSegments = new ServerSegments(_table, _opener, writer, outlet, Counters);
        _icmpErrors = new IcmpErrors(_table, outlet, Counters);
        foreach (Listener listener in _listeners)
            _virtualAddresses.Add(listener.VirtualAddress.Address);
        _sources.UnionWith(ipv4Ports.DistinctAddresses);
        _sources.UnionWith(ipv6Ports.DistinctAddresses);

        Listener MakeListener(ListenerOptions listener) =>
            new(listener, [.. listener.BackEnds.Select(MakeBackEnd)], sink, Counters);

        BackEnd MakeBackEnd(BackEndOptions backEnd)
        {
            TransportAddress address = TransportAddress.From(backEnd.Address);
            if (!pools.TryGetValue(address, out PortPool? ports))
            {
                ports = new PortPool(address.IsIPv4 ? ipv4Ports : ipv6Ports, options.Flows.PortRest, firstPort);
                pools.Add(address, ports);
            }

            return new BackEnd(address, backEnd.Weight, ports);
        }
    }

    public CounterSet Counters { get; } = new();

    public IReadOnlyList<Listener> Listeners => _listeners;

    /// <summary>The number of slots for <see cref="ListFlows"/>.</summary>
    public int FlowSlots => _table.SlotCount;

    /// <summary>Processes one packet from the device.</summary>
    /// <param name="packet">Any bytes.</param>
    /// <param name="offload">What the sender left to the device.</param>
    /// <param name="now">Milliseconds since any fixed moment.</param>
    public void Process(ReadOnlySpan<byte> packet, in Offload offload, long now)
    {
        DropReason reason = Forward(packet, offload, now);
        if (reason != DropReason.None)
            Counters.Dropped[(int)reason]++;
    }

    /// <summary>Expires flows. Call it several times a second.</summary>
    public void Tick(long now) => _opener.Expire(now);

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

    /// <summary>Lists the flows in some of the slots.</summary>
    public void ListFlows(int firstSlot, int slots, long now, ICollection<FlowEntry> into)
    {
        int end = Math.Min(firstSlot + slots, FlowSlots);
        for (int slot = firstSlot; slot < end; slot++)
        {
            if (_table.At(slot) is { } flow)
                into.Add(Describe(flow, now));
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

    private DropReason Forward(ReadOnlySpan<byte> packet, in Offload offload, long now)
    {
        if (!IpPacketView.TryRead(packet, out IpPacketView ip, out DropReason reason))
            return reason;

        bool isFromClient = _virtualAddresses.Contains(ip.Destination);
        if (!isFromClient && !_sources.Contains(ip.Destination))
            return DropReason.NotOurs;

        Count(isFromClient, packets: 1);
        if (!Addresses.CanBeSource(ip.Source))
            return DropReason.BadAddress;
        if (ip.HopLimit <= 1)
            return DropReason.HopLimit;
        if (ip.Protocol == (ip.IsIPv4 ? IpProtocol.Icmp : IpProtocol.IcmpV6))
            return _icmpErrors.Forward(ip);
        if (ip.Protocol != IpProtocol.Tcp)
            return DropReason.NotTcp;

        if (!TcpSegmentView.TryRead(ip.Payload, offload, out TcpSegmentView segment, out reason))
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
