using Toa.LoadBalancing.Flows;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Backends;

/// <summary>A server behind a listener, while the balancer runs.</summary>
internal sealed class BackEnd
{
    private volatile bool _isUp = true;

    public BackEnd(TransportAddress address, int weight, PortPool ports)
    {
        Address = address;
        Weight = weight;
        Ports = ports;
    }

    public TransportAddress Address { get; }

    public int Weight { get; }

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

    /// <summary>Used by <see cref="BackEndRotation"/>: the back end with the highest credit is next.</summary>
    internal int Credit { get; set; }
}
