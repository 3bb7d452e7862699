using System;
using System.Threading;
using System.Threading.Tasks;

namespace Toa.Tool.Capture;

/// <summary>Incoming packets, each starting at its IP header.</summary>
internal interface IPacketSource : IDisposable
{
    /// <summary>Waits for the next packet.</summary>
    /// <param name="buffer">Receives the first bytes of the packet, as many as fit.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>The number of bytes in the buffer.</returns>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken stop);

    /// <summary>Returns the number of packets that the kernel dropped since the last call.</summary>
    uint TakeDropped();
}
