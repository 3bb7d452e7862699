using System;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Faults;

/// <summary>Drops, duplicates and delays packets that a listener sends in one direction.</summary>
internal sealed class FaultySink : IPacketSink
{
    private readonly IPacketSink _sink;
    private readonly FaultDice _dice;
    private readonly CounterSet _counters;
    private readonly HeldPacket _held = new();

    public FaultySink(IPacketSink sink, FaultDice dice, CounterSet counters)
    {
        _sink = sink;
        _dice = dice;
        _counters = counters;
    }

    /// <summary>The time in milliseconds. Set it before each <see cref="Send"/>.</summary>
    public long Now { get; set; }

    public void Send(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, in Offload offload)
    {
        if (Commits(FaultKind.Drop))
            return;
        if (_held.IsEmpty && Commits(FaultKind.Reorder))
        {
            _held.Hold(headers, payload, offload, Now);
            return;
        }

        _sink.Send(headers, payload, offload);
        if (Commits(FaultKind.Duplicate))
            _sink.Send(headers, payload, offload);
        if (!_held.IsEmpty)
            _held.Release(_sink);
    }

    /// <summary>Sends the held packet if its time is over and no other packet was sent.</summary>
    public void Flush(long now)
    {
        Now = now;
        if (_held.IsDue(now))
            _held.Release(_sink);
    }

    private bool Commits(FaultKind kind)
    {
        if (!_dice.Roll(kind))
            return false;
        _counters.Faults[(int)kind]++;
        return true;
    }
}
