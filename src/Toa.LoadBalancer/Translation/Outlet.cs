using System;
using Toa.LoadBalancing.Faults;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Translation;

/// <summary>The buffer in which packets are built, one at a time, and from which they are sent.</summary>
internal sealed class Outlet
{
    private readonly IPacketSink _sink;
    private readonly CounterSet _counters;

    // Room for the largest packet and what translation adds: only afterwards is it known whether it is too large for the path.
    private readonly byte[] _buffer = new byte[ushort.MaxValue + 128];

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
        _sink.Send(_buffer.AsSpan(0, length), default);
    }

    /// <summary>Sends a packet of the balancer's own, in the buffer, to a server.</summary>
    public void SendToServer(int length)
    {
        _counters.ToServers++;
        _sink.Send(_buffer.AsSpan(0, length), default);
    }

    /// <summary>Sends a server's segment, translated in the buffer, to a client.</summary>
    /// <param name="length">The packet's length in bytes.</param>
    /// <param name="segment">The segment before its translation.</param>
    /// <param name="listener">The listener whose faults apply.</param>
    /// <param name="now">The time in milliseconds.</param>
    public void ForwardToClient(int length, in TcpSegmentView segment, Listener listener, long now)
    {
        _counters.ToClients += segment.Packets;
        Forward(length, segment.Offload, listener.Faults?.ToClients, now);
    }

    /// <summary>Sends a client's segment, translated in the buffer, to a server.</summary>
    public void ForwardToServer(int length, in TcpSegmentView segment, Listener listener, long now)
    {
        _counters.ToServers += segment.Packets;
        Forward(length, segment.Offload, listener.Faults?.ToServers, now);
    }

    private void Forward(int length, in Offload offload, FaultySink? faulty, long now)
    {
        ReadOnlySpan<byte> packet = _buffer.AsSpan(0, length);
        if (faulty is null)
        {
            _sink.Send(packet, offload);
            return;
        }

        faulty.Now = now;
        faulty.Send(packet, offload);
    }
}
