using System;
using System.Buffers.Binary;
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
    private readonly CounterSet _counters;

    public IcmpErrors(FlowTable table, Outlet outlet, CounterSet counters)
    {
        _table = table;
        _outlet = outlet;
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
        return key == flow.ServerKey ? ForwardToClient(ip, view, flow) : ForwardToServer(ip, view, flow);
    }

    private DropReason ForwardToClient(in IpPacketView ip, in IcmpErrorView view, Flow flow)
    {
        TransportAddress client = flow.Client;
        TransportAddress service = flow.Listener.VirtualAddress;
        IcmpError error = view.Error;
        bool isTooBig = error is { Type: IcmpType.Unreachable, Code: IcmpType.FragmentationNeeded };
        if (isTooBig)
        {
            flow.ServerPathMtu = Math.Min(flow.ServerPathMtu, PathMtu.Meant(error.MtuIPv4, StatedLength(view.Quoted)));
            int mtu = PathMtu.ForClient(flow.ServerPathMtu, client.Address, flow.Listener.OptionsLength);
            error = error with { Rest = (uint)mtu };
        }

        IcmpError? translated = client.IsIPv4 ? Plain(error, isTooBig) : IcmpTranslation.ToIPv6(error);
        if (translated is not { } sent)
            return DropReason.IcmpIgnored;

        int quoted = Quote(view, client, service, client.Address);
        int length = IcmpWriter.Write(
            _outlet.Buffer, service.Address, client.Address, (byte)(ip.HopLimit - 1), sent, quoted);
        _counters.IcmpTranslated++;
        _outlet.SendToClient(length);
        return DropReason.None;
    }

    private DropReason ForwardToServer(in IpPacketView ip, in IcmpErrorView view, Flow flow)
    {
        TransportAddress server = flow.BackEnd.Address;
        IcmpError error = view.Error;
        bool isTooBig = ip.IsIPv4
            ? error is { Type: IcmpType.Unreachable, Code: IcmpType.FragmentationNeeded }
            : error.Type == IcmpV6Type.TooBig;
        if (isTooBig)
        {
            long named = ip.IsIPv4 ? PathMtu.Meant(error.MtuIPv4, StatedLength(view.Quoted)) : error.Rest;
            error = error with { Rest = (uint)PathMtu.ForServer(named, flow.Client.Address) };
        }

        IcmpError? translated = ip.IsIPv4 ? Plain(error, isTooBig) : IcmpTranslation.ToIPv4(error);
        if (translated is not { } sent)
            return DropReason.IcmpIgnored;

        int quoted = Quote(view, server, flow.Source, server.Address);
        int length = IcmpWriter.Write(
            _outlet.Buffer, flow.Source.Address, server.Address, (byte)(ip.HopLimit - 1), sent, quoted);
        _counters.IcmpTranslated++;
        _outlet.SendToServer(length);
        return DropReason.None;
    }

    // The version does not change: keep the MTU or the pointer, and clear the RFC 4884 length, which is no longer correct.
    private static IcmpError Plain(IcmpError error, bool isTooBig) =>
        error with { Rest = isTooBig || error.Type == IcmpType.ParameterProblem ? error.Rest & 0xff00ffff : 0 };

    private static int StatedLength(in IpPacketView quoted) =>
        BinaryPrimitives.ReadUInt16BigEndian(quoted.Packet[2..]);

    private int Quote(
        in IcmpErrorView view, in TransportAddress source, in TransportAddress destination, UInt128 receiver)
    {
        Span<byte> room = _outlet.Buffer.Slice(IcmpWriter.QuotedAt(receiver), IcmpWriter.MostToQuote(receiver));
        return QuotedPacket.Write(room, view.Quoted, source, destination);
    }
}
