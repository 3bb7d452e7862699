using System;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Flows;

/// <summary>
/// Source and destination of the packets that arrive for a flow. Each flow has two keys: client to virtual address, and
/// back end to source address.
/// </summary>
internal readonly record struct FlowKey(TransportAddress Source, TransportAddress Destination)
{
    // The hash that the compiler generates is predictable: clients could choose ports that all fall into one bucket.
    public override int GetHashCode() =>
        HashCode.Combine(Source.Address, Destination.Address, ((uint)Source.Port << 16) | Destination.Port);
}
