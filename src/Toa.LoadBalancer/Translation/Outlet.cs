using System;
using Toa.LoadBalancing.Faults;
using Toa.LoadBalancing.Icmp;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Translation;

/// <summary>
/// The buffer in which packets are built, one at a time, and from which they are sent. The data of a segment is not copied into
/// it: it is sent from the buffer in which the segment arrived.
/// </summary>
internal sealed class Outlet
{
    private readonly IPacketSink _sink;
    private readonly CounterSet _counters;

    // Room for the headers of a segment, and for an ICMP error with the largest quote.
    private readonly byte[] _buffer = new byte[PathMtu.LeastIPv6];

    public Outlet(IPacketSink sink, CounterSet counters, int mtu)
    {
        _sink = sink;
        _counters = counters;
        Mtu = mtu;
    }

    public int Mtu { get; }

    public Span<byte> Buffer => _buffer;

    /// <summary>Sends a packet of the balancer's own, in the buffer, to a client.</summary>
    /// <param name="length">The packet's length in bytes.</param>
    public void SendToClient(int length)
    {
        _counters.ToClients++;
        _sink.Send(_buffer.AsSpan(0, length), default, default);
    }

    /// <summary>Sends a packet of the balancer's own, in the buffer, to a server.</summary>
    public void SendToServer(int length)
    {
        _counters.ToServers++;
        _sink.Send(_buffer.AsSpan(0, length), default, default);
    }

    /// <summary>Sends a server's segment to a client. The buffer has its translated headers.</summary>
    /// <param name="headersLength">The length of the headers in bytes.</param>
    /// <param name="segment">The segment before its translation.</param>
    /// <param name="listener">The listener with the faults that apply.</param>
    /// <param name="now">The time in milliseconds.</param>
    public void ForwardToClient(int headersLength, in TcpSegmentView segment, Listener listener, long now)
    {
        _counters.ToClients += segment.Packets;
        Forward(headersLength, segment, listener.Faults?.ToClients, now);
    }

    /// <summary>Sends a client's segment to a server. The buffer has its translated headers.</summary>
    public void ForwardToServer(int headersLength, in TcpSegmentView segment, Listener listener, long now)
    {
        _counters.ToServers += segment.Packets;
        Forward(headersLength, segment, listener.Faults?.ToServers, now);
    }

    private void Forward(int headersLength, in TcpSegmentView segment, FaultyPath? faulty, long now)
    {
        ReadOnlySpan<byte> headers = _buffer.AsSpan(0, headersLength);
        if (faulty is null)
        {
            _sink.Send(headers, segment.Payload, segment.Offload);
            return;
        }

        faulty.Send(headers, segment.Payload, segment.Offload, now);
    }
}
