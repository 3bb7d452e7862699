using System;
using Toa.LoadBalancing.Faults;

namespace Toa.LoadBalancing.Translation;

/// <summary>Where packets are put together, and sent from. They are made one after the other in one buffer.</summary>
internal sealed class Outlet
{
    private readonly IPacketSink _sink;
    private readonly CounterSet _counters;

    // A whole packet, and all that translation adds to one: what is too large for the path is known only afterwards.
    private readonly byte[] _buffer = new byte[ushort.MaxValue + 128];

    public Outlet(IPacketSink sink, CounterSet counters, int mtu)
    {
        _sink = sink;
        _counters = counters;
        Mtu = mtu;
    }

    public int Mtu { get; }

    public Span<byte> Buffer => _buffer;

    /// <summary>Sends what stands in the buffer to a client.</summary>
    /// <param name="length">Bytes of the packet.</param>
    /// <param name="listener">Whose faults apply; null for packets of the balancer's own.</param>
    /// <param name="now">Milliseconds.</param>
    public void SendToClient(int length, Listener? listener = null, long now = 0)
    {
        _counters.ToClients++;
        Send(length, listener?.Faults?.ToClients, now);
    }

    /// <summary>Sends what stands in the buffer to a server.</summary>
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
