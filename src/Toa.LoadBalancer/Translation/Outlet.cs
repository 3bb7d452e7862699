using System;
using Toa.LoadBalancing.Faults;

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

    /// <summary>Sends the packet in the buffer to a client.</summary>
    /// <param name="length">The packet's length in bytes.</param>
    /// <param name="listener">The listener whose faults apply; null for the balancer's own packets.</param>
    /// <param name="now">The time in milliseconds.</param>
    public void SendToClient(int length, Listener? listener = null, long now = 0)
    {
        _counters.ToClients++;
        Send(length, listener?.Faults?.ToClients, now);
    }

    /// <summary>Sends the packet in the buffer to a server.</summary>
    public void SendToServer(int length, Listener? listener = null, long now = 0)
    {
        _counters.ToServers++;
        Send(length, listener?.Faults?.ToServers, now);
    }

    private void Send(int length, FaultySink? faulty, long now)
    {
        ReadOnlySpan<byte> packet = _buffer.AsSpan(0, length);
        if (faulty is null)
        {
            _sink.Send(packet);
            return;
        }

        faulty.Now = now;
        faulty.Send(packet);
    }
}
