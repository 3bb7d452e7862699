using System;
using Toa.LoadBalancing.Faults;
using Toa.LoadBalancing.Flows;
using Toa.LoadBalancing.Icmp;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Translation;

/// <summary>
/// The buffer in which packets are built, one at a time, and from which they are sent. The data of a segment is not copied into
/// it: it is sent from the buffer in which the segment arrived.
/// </summary>
internal sealed class Outlet
{
    private readonly Exits _exits;
    private readonly CounterSet _counters;

    // Room for the headers of a segment, and for an ICMP error with the largest quote.
    private readonly byte[] _buffer = new byte[PathMtu.LeastIPv6];

    public Outlet(Exits exits, CounterSet counters, int mtu)
    {
        _exits = exits;
        _counters = counters;
        Mtu = mtu;
    }

    public int Mtu { get; }

    public Span<byte> Buffer => _buffer;

    /// <summary>Sends a packet of the balancer's own, in the buffer, to a client.</summary>
    /// <param name="length">The packet's length in bytes.</param>
    /// <param name="flow">Its connection, if it has one.</param>
    public void SendToClient(int length, Flow? flow)
    {
        _counters.ToClients++;
        _exits.ToClients.Send(_buffer.AsSpan(0, length), default, default, flow?.Tag);
    }

    /// <summary>Sends a packet of the balancer's own, in the buffer, to a server.</summary>
    public void SendToServer(int length, Flow? flow)
    {
        _counters.ToServers++;
        _exits.ToServers.Send(_buffer.AsSpan(0, length), default, default, flow?.Tag);
    }

    /// <summary>Sends a server's segment to a client. The buffer has its translated headers.</summary>
    /// <param name="headersLength">The length of the headers in bytes.</param>
    /// <param name="segment">The segment before its translation.</param>
    /// <param name="flow">Its connection.</param>
    /// <param name="now">The time in milliseconds.</param>
    public void ForwardToClient(int headersLength, in TcpSegmentView segment, Flow flow, long now)
    {
        _counters.ToClients += segment.Packets;
        Forward(headersLength, segment, flow, _exits.ToClients, flow.Listener.Faults?.ToClients, now);
    }

    /// <summary>Sends a client's segment to a server. The buffer has its translated headers.</summary>
    public void ForwardToServer(int headersLength, in TcpSegmentView segment, Flow flow, long now)
    {
        _counters.ToServers += segment.Packets;
        Forward(headersLength, segment, flow, _exits.ToServers, flow.Listener.Faults?.ToServers, now);
    }

    private void Forward(
        int headersLength, in TcpSegmentView segment, Flow flow, IPacketSink exit, FaultyPath? faulty, long now)
    {
        ReadOnlySpan<byte> headers = _buffer.AsSpan(0, headersLength);
        if (faulty is null)
        {
            exit.Send(headers, segment.Payload, segment.Offload, flow.Tag);
            return;
        }

        faulty.Send(headers, segment.Payload, segment.Offload, flow.Tag, now);
    }
}
