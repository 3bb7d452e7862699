using System;
using System.Collections.Generic;
using Toa.LoadBalancing.Capture;
using Toa.LoadBalancing.Flows;
using Toa.LoadBalancing.Icmp;
using Toa.LoadBalancing.Options;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Translation;

/// <summary>Forwards segments from clients to servers.</summary>
internal sealed class ClientSegments
{
    private readonly IReadOnlyDictionary<TransportAddress, Listener> _listeners;
    private readonly ForgedOptions _forged;
    private readonly FlowTable _table;
    private readonly FlowOpener _opener;
    private readonly SegmentWriter _writer;
    private readonly Outlet _outlet;
    private readonly Arrivals? _arrivals;
    private readonly CounterSet _counters;

    public ClientSegments(
        IReadOnlyDictionary<TransportAddress, Listener> listeners,
        ForgedOptions forged,
        FlowTable table,
        FlowOpener opener,
        SegmentWriter writer,
        Outlet outlet,
        Arrivals? arrivals,
        CounterSet counters)
    {
        _listeners = listeners;
        _forged = forged;
        _table = table;
        _opener = opener;
        _writer = writer;
        _outlet = outlet;
        _arrivals = arrivals;
        _counters = counters;
    }

    /// <summary>Forwards the segment, or returns the reason why not.</summary>
    public DropReason Forward(in IpPacketView ip, in TcpSegmentView segment, long now)
    {
        TransportAddress client = new(ip.Source, segment.SourcePort);
        TransportAddress service = new(ip.Destination, segment.DestinationPort);
        Flow? flow = _table.Find(new FlowKey(client, service));
        if (segment.IsOpening && flow is not null && IsSucceededBy(flow, segment))
        {
            _opener.Close(flow, now);
            flow = null;
        }

        if (flow is null)
        {
            DropReason reason = Open(ip, segment, client, service, now, out flow);
            if (reason != DropReason.None)
                return reason;
        }

        _arrivals?.Add(ip, flow!.Tag);
        int ipHeaderLength = IpHeaderWriter.LengthFor(flow!.Source.Address);
        if (ipHeaderLength + segment.LargestLength > _outlet.Mtu)
        {
            _counters.IcmpSent++;
            int mtu = PathMtu.For(_outlet.Mtu, flow.Source.Address, client.Address, optionLength: 0);
            _outlet.SendToClient(IcmpWriter.WriteTooBig(_outlet.Buffer, ip, mtu), flow);
            return DropReason.TooBig;
        }

        FlowTracker.OnClientSegment(flow, segment);
        if (flow.Listener.Faults?.ToServers.EndsAfter(flow.BytesFromClient) == true)
        {
            _opener.Reset(flow, now);
            return DropReason.None;
        }

        _table.Touch(flow, now);

        OptionArea options = new(stackalloc byte[TcpSegmentView.MaxOptionsLength], segment.Options);
        Rewrite(ref options, flow, segment, RoomForOptions(flow, segment, ipHeaderLength));
        int headersLength = _writer.Write(_outlet.Buffer, ip, segment, flow.Source, flow.BackEnd.Address, options.Bytes);
        _outlet.ForwardToServer(headersLength, segment, flow, now);
        return DropReason.None;
    }

    /// <summary>
    /// Whether a SYN begins a new connection: the flow's connection is over, or was never established. In all other cases the
    /// SYN is forwarded, because only the server knows the state of the connection.
    /// </summary>
    private static bool IsSucceededBy(Flow flow, in TcpSegmentView syn) =>
        flow.State == FlowState.Closed
        || (flow.State == FlowState.Opening && flow.ClientSide.Initial != syn.SequenceNumber);

    private DropReason Open(
        in IpPacketView ip,
        in TcpSegmentView segment,
        in TransportAddress client,
        in TransportAddress service,
        long now,
        out Flow? flow)
    {
        flow = null;
        if (!_listeners.TryGetValue(service, out Listener? listener))
            return Answer(ip, segment, DropReason.NoListener);
        if (!segment.IsOpening)
            return Answer(ip, segment, DropReason.NoFlow);
        if (_opener.TryOpen(listener, client, now, out flow, out FlowRefusal refusal))
            return DropReason.None;

        return refusal == FlowRefusal.NoBackEnd ? Answer(ip, segment, DropReason.FlowRefused) : DropReason.FlowRefused;
    }

    /// <summary>
    /// The number of bytes for options that the path allows. The options of a large segment are in each of its pieces, and
    /// together with them it must not be longer than an IP packet can be.
    /// </summary>
    private int RoomForOptions(Flow flow, in TcpSegmentView segment, int ipHeaderLength)
    {
        int inPath = Math.Min(_outlet.Mtu, flow.ServerPathMtu) - segment.LargestLength;
        return Math.Min(inPath, ushort.MaxValue - segment.Length) - ipHeaderLength + segment.Options.Length;
    }

    private DropReason Answer(in IpPacketView ip, in TcpSegmentView segment, DropReason reason)
    {
        if (!segment.IsReset)
        {
            _arrivals?.AddDropped(ip, reason);
            _counters.ResetsSent++;
            _outlet.SendToClient(ResetWriter.WriteAnswer(_outlet.Buffer, ip, segment), flow: null);
        }

        return reason;
    }

    private void Rewrite(ref OptionArea options, Flow flow, in TcpSegmentView segment, int pathRoom)
    {
        if (flow.Listener.RemovesForgedOptions)
            _counters.ForgedOptionsRemoved += _forged.Remove(options.Bytes);

        if (segment.IsSyn && flow.Listener.FillsHeaders)
            LaterOptions.Decline(options.Bytes);

        // Segments from the server get the IP header of the client's family, and no TOA option.
        int most = _outlet.Mtu - IpHeaderWriter.LengthFor(flow.Client.Address) - TcpSegmentView.BaseHeaderLength;
        if (segment.IsSyn && MssOption.Lower(options.Bytes, growth: 0, most))
            _counters.MssLowered++;
        if (PlacementRule.Wants(flow, segment))
            OptionInsertion.Insert(ref options, flow, pathRoom, _counters);
    }
}
