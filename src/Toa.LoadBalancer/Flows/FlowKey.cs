using System;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Flows;

/// <summary>
/// Source and destination of the packets that come in for a flow. It has two: client to virtual address, and back end to
/// source address.
/// </summary>
internal readonly record struct FlowKey(TransportAddress Source, TransportAddress Destination)
{
    // The compiler's own can be foreseen: clients could choose ports that all fall into one bucket.
    public override int GetHashCode() =>
        HashCode.Combine(Source.Address, Destination.Address, ((uint)Source.Port << 16) | Destination.Port);
}
