using System;
using System.Net.Sockets;

namespace Toa.Tool.Capture;

/// <summary>Incoming packets that pass a <see cref="SampleFilter"/>, each starting at its IP header. It is never waited for.</summary>
internal interface IPacketSample : IDisposable
{
    /// <summary>Gets the next packet that has arrived.</summary>
    /// <param name="buffer">Receives the first bytes of the packet, as many as fit.</param>
    /// <returns>The number of bytes in the buffer; -1 if there is no packet.</returns>
    /// <exception cref="SocketException">The interface was removed, or is down.</exception>
    int Receive(Span<byte> buffer);

    /// <summary>Returns the numbers of packets since the last call that passed the filter, and that were dropped of them.</summary>
    (uint Passed, uint Dropped) TakeStatistics();
}
