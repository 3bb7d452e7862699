using System;
using Toa.LoadBalancing.Capture;
using Toa.LoadBalancing.Flows;
using Toa.LoadBalancing.Icmp;
using Toa.LoadBalancing.Options;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Translation;

/// <summary>Forwards segments from servers to clients.</summary>
internal sealed class ServerSegments
{
    private readonly FlowTable _table;
    private readonly FlowOpener _opener;
    private readonly SegmentWriter _writer;
    private readonly Outlet _outlet;
    private readonly Arrivals? _arrivals;
    private readonly CounterSet _counters;

    public ServerSegments(
        FlowTable table, FlowOpener opener, SegmentWriter writer, Outlet outlet, Arrivals? arrivals, CounterSet counters)
    {
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
        TransportAddress server = new(ip.Source, segment.SourcePort);
        TransportAddress source = new(ip.Destination, segment.DestinationPort);
        if (_table.Find(new FlowKey(server, source)) is not { } flow)
            return Answer(ip, segment);

        _arrivals?.Add(ip, flow.Tag);
        int ipHeaderLength = IpHeaderWriter.LengthFor(flow.Client.Address);
        if (ipHeaderLength + segment.LargestLength > _outlet.Mtu)
        {
            _counters.IcmpSent++;
            int mtu = PathMtu.For(_outlet.Mtu, flow.Client.Address, flow.Source.Address, optionLength: 0);
            _outlet.SendToServer(IcmpWriter.WriteTooBig(_outlet.Buffer, ip, mtu), flow);
            return DropReason.TooBig;
        }

        FlowTracker.OnServerSegment(flow, segment);
        if (flow.Listener.Faults?.ToClients.EndsAfter(flow.BytesFromServer) == true)
        {
            _opener.Reset(flow, now);
            return DropReason.None;
        }

        _table.Touch(flow, now);

        OptionArea options = new(stackalloc byte[TcpSegmentView.MaxOptionsLength], segment.Options);
        if (segment.IsSyn && LowerMss(options.Bytes, flow))
            _counters.MssLowered++;
        int headersLength = _writer.Write(_outlet.Buffer, ip, segment, flow.Listener.VirtualAddress, flow.Client, options.Bytes);
        _outlet.ForwardToClient(headersLength, segment, flow, now);
        return DropReason.None;
    }

    /// <summary>
    /// The client's segments must fit the path before the balancer, and with the TOA option the path after it. A client subtracts
    /// its own options from the MSS (RFC 6691), but does not know the TOA option.
    /// </summary>
    private bool LowerMss(Span<byte> options, Flow flow)
    {
        int growth = flow.Listener.OptionsLength;
        int behind = IpHeaderWriter.LengthFor(flow.Source.Address) + growth;
        int before = IpHeaderWriter.LengthFor(flow.Client.Address);
        int most = _outlet.Mtu - Math.Max(behind, before) - TcpSegmentView.BaseHeaderLength;
        return MssOption.Lower(options, growth, most);
    }

    private DropReason Answer(in IpPacketView ip, in TcpSegmentView segment)
    {
        if (!segment.IsReset)
        {
            _arrivals?.AddDropped(ip, DropReason.NoFlow);
            _counters.ResetsSent++;
            _outlet.SendToServer(ResetWriter.WriteAnswer(_outlet.Buffer, ip, segment), flow: null);
        }

        return DropReason.NoFlow;
    }
}
