using System;
using System.Collections.Generic;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Flows;

/// <summary>
/// The source addresses and ports for one back end. A returned port rests before it is used again, and ports are reused in
/// the order in which they were returned: so each one rests as long as possible.
/// </summary>
internal sealed class PortPool
{
    private readonly SourcePorts _ports;
    private readonly Queue<RestingPort> _resting = new();
    private readonly long _rest;
    private readonly int _start;
    private int _everUsed;

    /// <param name="ports">All source addresses and ports.</param>
    /// <param name="rest">How long a port rests at least.</param>
    /// <param name="start">
    /// Selects the first port. Any number, different in each run: with the same ports after each restart, new connections
    /// would collide with connections that the servers still hold.
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
