using System;

namespace Toa.LoadBalancing;

/// <summary>Receives the packets that the core sends.</summary>
internal interface IPacketSink
{
    /// <summary>Sends one complete IP packet. The caller overwrites the bytes afterwards: copy them to keep them.</summary>
    void Send(ReadOnlySpan<byte> packet);
}
