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

    /// <summary>Shared by all listeners that have the same server, as a port can lead to it once only.</summary>
    public PortPool Ports { get; }

    /// <summary>Set by the health checks, on a thread of their own.</summary>
    public bool IsUp
    {
        get => _isUp;
        set => _isUp = value;
    }

    /// <summary>Whether it gets new flows at all.</summary>
    public bool TakesFlows => IsUp && Weight > 0;

    /// <summary>What the rotation owes it.</summary>
    internal int Credit { get; set; }
}
