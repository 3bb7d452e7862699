using Toa.LoadBalancing.Flows;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Backends;

/// <summary>A server behind a listener, while the balancer runs.</summary>
internal sealed class BackEnd
{
    private volatile bool _isUp = true;
    private volatile int _weight;
    private volatile int _openFlows;

    public BackEnd(TransportAddress address, int weight, PortPool ports)
    {
        Address = address;
        _weight = weight;
        Ports = ports;
    }

    public TransportAddress Address { get; }

    /// <summary>Changed by the loop's thread, or under its lock.</summary>
    public int Weight
    {
        get => _weight;
        set => _weight = value;
    }

    /// <summary>The flows that are not closed. Changed by the loop's thread.</summary>
    public int OpenFlows
    {
        get => _openFlows;
        set => _openFlows = value;
    }

    /// <summary>Shared by all listeners with the same server: a source port can be used for it only once at a time.</summary>
    public PortPool Ports { get; }

    /// <summary>Set by the thread of the health checks.</summary>
    public bool IsUp
    {
        get => _isUp;
        set => _isUp = value;
    }

    /// <summary>Whether it gets new flows.</summary>
    public bool TakesFlows => IsUp && Weight > 0;

    /// <summary>Used by <see cref="RoundRobin"/>: the back end with the highest credit is next.</summary>
    internal long Credit { get; set; }

    /// <summary>Whether it gets new flows, and has a source port for one.</summary>
    public bool CanTakeFlow(long now) => TakesFlows && Ports.HasAny(now);
}
