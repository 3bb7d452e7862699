using System.Threading;
using Toa.LoadBalancing.Flows;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Backends;

/// <summary>A server behind a listener, while the balancer runs.</summary>
internal sealed class BackEnd
{
    private volatile bool _isUp = true;
    private volatile int _weight;
    private readonly PortPool[] _ports;
    private int _openFlows;

    /// <param name="address">The server.</param>
    /// <param name="weight">Its share of the flows.</param>
    /// <param name="ports">
    /// For each shard, its source ports. Shared by all listeners with the same server: a port can be used for it only once at a time.
    /// </param>
    public BackEnd(TransportAddress address, int weight, PortPool[] ports)
    {
        Address = address;
        _weight = weight;
        _ports = ports;
    }

    public TransportAddress Address { get; }

    public int Weight
    {
        get => _weight;
        set => _weight = value;
    }

    /// <summary>The flows of all shards that are not closed.</summary>
    public int OpenFlows => Volatile.Read(ref _openFlows);

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

    public PortPool PortsOf(int shard) => _ports[shard];

    /// <summary>Whether it gets new flows, and the shard has a source port for one.</summary>
    public bool CanTakeFlow(int shard, long now) => TakesFlows && _ports[shard].HasAny(now);

    public void AddFlow() => Interlocked.Increment(ref _openFlows);

    public void RemoveFlow() => Interlocked.Decrement(ref _openFlows);
}
