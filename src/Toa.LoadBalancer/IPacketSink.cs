using System;

namespace Toa.LoadBalancing;

/// <summary>Where packets leave the core.</summary>
internal interface IPacketSink
{
    /// <summary>Takes one whole IP packet. The bytes are overwritten afterwards.</summary>
    void Send(ReadOnlySpan<byte> packet);
}
