using System;
using System.Threading;
using Toa.LoadBalancing.Capture;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Faults;

/// <summary>
/// Drops, duplicates and delays the packets that a listener sends in one direction. All shards of the balancer share it, because a
/// bandwidth is that of all connections together: their packets pass it one at a time.
/// </summary>
internal sealed class FaultyPath
{
    private readonly PathFaults _faults;
    private readonly FaultDice _dice;
    private readonly IPacketSink _sink;
    private readonly CounterSet _counters;
    private readonly HeldPacket _overtaken = new();
    private readonly SlowLink? _link;
    private readonly Lock _gate = new();

    public FaultyPath(PathFaults faults, FaultDice dice, IPacketSink sink, CounterSet counters)
    {
        _faults = faults;
        _dice = dice;
        _sink = sink;
        _counters = counters;
        _link = faults.HasDelay ? new SlowLink(faults, dice) : null;
    }

    /// <summary>When <see cref="Flush"/> is due, in milliseconds.</summary>
    public long NextAt
    {
        get
        {
            lock (_gate)
                return Math.Min(_overtaken.DueAt, _link?.NextAt ?? long.MaxValue);
        }
    }

    /// <summary>Whether a connection that has sent this many bytes must end.</summary>
    public bool EndsAfter(long bytes) => _faults.ResetAfter > 0 && bytes > _faults.ResetAfter && Count(FaultKind.Reset);

    public void Send(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, in Offload offload, FlowTag? flow, long now)
    {
        if (_faults.Stall && Count(FaultKind.Stall))
            return;
        if (_faults.LargestPacket > 0 && headers.Length + payload.Length > _faults.LargestPacket && Count(FaultKind.BlackHole))
            return;
        if (Commits(FaultKind.Drop, _faults.Drop))
            return;
        lock (_gate)
            SendOne(headers, payload, offload, flow, now);
    }

    /// <summary>Sends the packets that are due.</summary>
    public void Flush(long now)
    {
        lock (_gate)
        {
            if (now >= _overtaken.DueAt)
                ReleaseOvertaken(now);
            _link?.Flush(_sink, now);
        }
    }

    /// <summary>Sends all packets that wait.</summary>
    public void End()
    {
        lock (_gate)
        {
            _link?.Flush(_sink, long.MaxValue);
            if (!_overtaken.IsEmpty)
                _sink.Send(_overtaken.Release(out Offload offload, out FlowTag? flow), default, offload, flow);
        }
    }

    private void SendOne(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, in Offload offload, FlowTag? flow, long now)
    {
        if (_overtaken.IsEmpty && Commits(FaultKind.Reorder, _faults.Reorder))
        {
            _overtaken.Hold(headers, payload, offload, flow, now + HeldPacket.LongestMilliseconds);
            return;
        }

        Pass(headers, payload, offload, flow, now);
        if (Commits(FaultKind.Duplicate, _faults.Duplicate))
            Pass(headers, payload, offload, flow, now);
        if (!_overtaken.IsEmpty)
            ReleaseOvertaken(now);
    }

    private void ReleaseOvertaken(long now)
    {
        ReadOnlySpan<byte> packet = _overtaken.Release(out Offload offload, out FlowTag? flow);
        Pass(packet, default, offload, flow, now);
    }

    private void Pass(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, in Offload offload, FlowTag? flow, long now)
    {
        if (_link is null)
            _sink.Send(headers, payload, offload, flow);
        else if (_link.TryQueue(headers, payload, offload, flow, now))
            Count(FaultKind.Delay);
        else
            Count(FaultKind.Bandwidth);
    }

    private bool Commits(FaultKind kind, double share) => _dice.Roll(share) && Count(kind);

    private bool Count(FaultKind kind)
    {
        Interlocked.Increment(ref _counters.Faults[(int)kind]);
        return true;
    }
}
