using System;
using System.Buffers.Binary;
using Toa.LoadBalancing.Capture;
using Toa.LoadBalancing.Flows;
using Toa.LoadBalancing.Packets;
using Toa.LoadBalancing.Translation;

namespace Toa.LoadBalancing.Icmp;

/// <summary>
/// Forwards ICMP errors to the end that sent the packet. Without them, a path with a smaller MTU silently drops large
/// segments, and a connection to an unreachable server hangs.
/// </summary>
internal sealed class IcmpErrors
{
    private readonly FlowTable _table;
    private readonly Outlet _outlet;
    private readonly Arrivals? _arrivals;
    private readonly CounterSet _counters;

    public IcmpErrors(FlowTable table, Outlet outlet, Arrivals? arrivals, CounterSet counters)
    {
        _table = table;
        _outlet = outlet;
        _arrivals = arrivals;
        _counters = counters;
    }

    /// <summary>Forwards the error, or returns the reason why not.</summary>
    public DropReason Forward(in IpPacketView ip)
    {
        if (!IcmpErrorView.TryRead(ip, out IcmpErrorView view, out DropReason reason))
            return reason;

        // The balancer sent the quoted packet. Flows are indexed by incoming packets, so swap its source and destination.
        FlowKey key = new(view.QuotedDestination, view.QuotedSource);
        if (view.Quoted.Source != ip.Destination || _table.Find(key) is not { } flow)
            return DropReason.IcmpNoFlow;
        _arrivals?.Add(ip, flow.Tag);
        return key == flow.ServerKey ? ForwardToClient(ip, view, flow) : ForwardToServer(ip, view, flow);
    }

    private DropReason ForwardToClient(in IpPacketView ip, in IcmpErrorView view, Flow flow)
    {
        TransportAddress client = flow.Client;
        TransportAddress service = flow.Listener.VirtualAddress;
        IcmpError error = view.Error;
        if (TooBigFor(view) is long mtu)
        {
            flow.ServerPathMtu = Math.Min(flow.ServerPathMtu, PathMtu.Limit(mtu, flow.Source.Address));
            int meant = PathMtu.For(flow.ServerPathMtu, flow.Source.Address, client.Address, flow.Listener.OptionsLength);
            error = error with { Rest = (uint)meant };
        }

        if (Translate(error, ip.IsIPv4, client.IsIPv4) is not { } sent)
            return DropReason.IcmpIgnored;

        int quoted = Quote(view, client, service, client.Address);
        int length = IcmpWriter.Write(
            _outlet.Buffer, service.Address, client.Address, (byte)(ip.HopLimit - 1), sent, quoted);
        _counters.IcmpTranslated++;
        _outlet.SendToClient(length, flow);
        return DropReason.None;
    }

    private DropReason ForwardToServer(in IpPacketView ip, in IcmpErrorView view, Flow flow)
    {
        TransportAddress server = flow.BackEnd.Address;
        IcmpError error = view.Error;
        if (TooBigFor(view) is long mtu)
            error = error with { Rest = (uint)PathMtu.For(mtu, flow.Client.Address, server.Address, optionLength: 0) };

        if (Translate(error, ip.IsIPv4, server.IsIPv4) is not { } sent)
            return DropReason.IcmpIgnored;

        int quoted = Quote(view, server, flow.Source, server.Address);
        int length = IcmpWriter.Write(
            _outlet.Buffer, flow.Source.Address, server.Address, (byte)(ip.HopLimit - 1), sent, quoted);
        _counters.IcmpTranslated++;
        _outlet.SendToServer(length, flow);
        return DropReason.None;
    }

    /// <summary>If the error says that a packet was too big: the MTU of the path.</summary>
    private static long? TooBigFor(in IcmpErrorView view)
    {
        IcmpError error = view.Error;
        if (!IsTooBig(error, view.Quoted.IsIPv4))
            return null;
        return view.Quoted.IsIPv4 ? PathMtu.Meant(error.MtuIPv4, StatedLength(view.Quoted)) : error.Rest;
    }

    private static bool IsTooBig(IcmpError error, bool isIPv4) => isIPv4
        ? error is { Type: IcmpType.Unreachable, Code: IcmpType.FragmentationNeeded }
        : error.Type == IcmpV6Type.TooBig;

    private static IcmpError? Translate(IcmpError error, bool fromIPv4, bool toIPv4) => (fromIPv4, toIPv4) switch
    {
        (true, false) => IcmpTranslation.ToIPv6(error),
        (false, true) => IcmpTranslation.ToIPv4(error),
        _ => Plain(error, fromIPv4),
    };

    // The version does not change: keep the MTU or the pointer, and clear the RFC 4884 length, which is no longer correct.
    private static IcmpError Plain(IcmpError error, bool isIPv4)
    {
        bool hasValue = IsTooBig(error, isIPv4)
            || error.Type == (isIPv4 ? IcmpType.ParameterProblem : IcmpV6Type.ParameterProblem);
        uint mask = isIPv4 ? 0xff00ffff : 0xffffffff;
        return error with { Rest = hasValue ? error.Rest & mask : 0 };
    }

    private static int StatedLength(in IpPacketView quoted) =>
        BinaryPrimitives.ReadUInt16BigEndian(quoted.Packet[2..]);

    private int Quote(
        in IcmpErrorView view, in TransportAddress source, in TransportAddress destination, UInt128 receiver)
    {
        Span<byte> room = _outlet.Buffer.Slice(IcmpWriter.QuotedAt(receiver), IcmpWriter.MostToQuote(receiver));
        return QuotedPacket.Write(room, view.Quoted, source, destination);
    }
}
