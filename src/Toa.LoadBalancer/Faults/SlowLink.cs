using System;
using System.Collections.Generic;
using Toa.LoadBalancing.Capture;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Faults;

/// <summary>A link with a latency and a bandwidth. Packets leave it in the order in which they came.</summary>
internal sealed class SlowLink
{
    // A router's queue, in time: what would wait longer is dropped.
    private const long LongestWait = 250_000;

    // 128 MB of full packets. A link of 1 Gbit/s holds as much during 1 s of latency.
    private const int MostPackets = 85_000;

    private readonly long _bandwidth;
    private readonly long _latency;
    private readonly long _jitter;
    private readonly FaultDice _dice;
    private readonly Queue<HeldPacket> _queue = new();
    private readonly Stack<HeldPacket> _free = new();
    private long _isFreeAt;
    private long _lastDue;

    public SlowLink(PathFaults faults, FaultDice dice)
    {
        _bandwidth = faults.Bandwidth;
        _latency = (long)faults.Latency.TotalMicroseconds;
        _jitter = (long)faults.Jitter.TotalMicroseconds;
        _dice = dice;
    }

    /// <summary>When the next packet leaves the link, in milliseconds.</summary>
    public long NextAt => _queue.TryPeek(out HeldPacket? next) ? next.DueAt : long.MaxValue;

    /// <summary>Queues a packet, unless the queue is full.</summary>
    public bool TryQueue(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, in Offload offload, FlowTag? flow, long now)
    {
        long micros = now * 1000;
        long start = Math.Max(micros, _isFreeAt);
        if (start - micros > LongestWait || _queue.Count >= MostPackets)
            return false;

        long bits = 8L * (headers.Length + payload.Length);
        _isFreeAt = _bandwidth > 0 ? start + (bits * 1_000_000 / _bandwidth) : start;
        _lastDue = Math.Max(_lastDue, _isFreeAt + _latency + _dice.PartOf(_jitter));
        HeldPacket packet = _free.TryPop(out HeldPacket? free) ? free : new HeldPacket();
        packet.Hold(headers, payload, offload, flow, (_lastDue + 999) / 1000);
        _queue.Enqueue(packet);
        return true;
    }

    /// <summary>Sends the packets that are due.</summary>
    public void Flush(IPacketSink sink, long now)
    {
        while (NextAt <= now && _queue.TryDequeue(out HeldPacket? packet))
        {
            ReadOnlySpan<byte> bytes = packet.Release(out Offload offload, out FlowTag? flow);
            sink.Send(bytes, default, offload, flow);
            _free.Push(packet);
        }
    }
}
