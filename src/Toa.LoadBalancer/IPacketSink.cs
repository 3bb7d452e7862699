using System;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing;

/// <summary>Receives the packets that the core sends.</summary>
internal interface IPacketSink
{
    /// <summary>Sends one complete IP packet. The caller overwrites the bytes afterwards: copy them to keep them.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="offload">What the device must still do with it.</param>
    void Send(ReadOnlySpan<byte> packet, in Offload offload);
}
