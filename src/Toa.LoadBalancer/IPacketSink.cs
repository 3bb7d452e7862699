using System;
using Toa.LoadBalancing.Capture;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing;

/// <summary>Receives the packets that the core sends.</summary>
internal interface IPacketSink
{
    /// <summary>Sends one IP packet. The caller overwrites the bytes afterwards: copy them to keep them.</summary>
    /// <param name="headers">The packet, or its beginning.</param>
    /// <param name="payload">The rest of it.</param>
    /// <param name="offload">What the device must still do with it.</param>
    /// <param name="flow">Its connection, if packets are captured and it has one.</param>
    void Send(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, in Offload offload, FlowTag? flow);
}
