using System;
using System.Collections.Generic;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Flows;

/// <summary>
/// The source addresses and ports towards one back end. A port that was given back rests, and of those that have rested
/// the one comes first that was given back first: so none comes again sooner than it must.
/// </summary>
internal sealed class PortPool
{
    private readonly SourcePorts _ports;
    private readonly Queue<RestingPort> _resting = new();
    private readonly long _rest;
    private readonly int _start;
    private int _everUsed;

    /// <param name="ports">What there is.</param>
    /// <param name="rest">How long a port rests.</param>
    /// <param name="start">
    /// Any number: where to begin. A balancer that began with the same ports after each restart would meet connections
    /// that the servers still hold.
    /// </param>
    public PortPool(SourcePorts ports, TimeSpan rest, int start)
    {
        _ports = ports;
        _rest = (long)rest.TotalMilliseconds;
        _start = (int)((uint)start % (uint)ports.Count);
    }

    public bool HasAny(long now) =>
        _everUsed < _ports.Count || (_resting.TryPeek(out RestingPort oldest) && now >= oldest.Until);

    public bool TryTake(long now, out TransportAddress source)
    {
        if (!HasAny(now))
        {
            source = default;
            return false;
        }

        source = _everUsed < _ports.Count
            ? _ports.At((int)(((long)_start + _everUsed++) % _ports.Count))
            : _resting.Dequeue().Source;
        return true;
    }

    public void GiveBack(in TransportAddress source, long now) => _resting.Enqueue(new RestingPort(source, now + _rest));

    private readonly record struct RestingPort(TransportAddress Source, long Until);
}
