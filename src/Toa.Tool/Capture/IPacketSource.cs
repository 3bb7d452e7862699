using System;
using System.Threading;
using System.Threading.Tasks;

namespace Toa.Tool.Capture;

/// <summary>Packets that come in, each from its IP header on.</summary>
internal interface IPacketSource : IDisposable
{
    /// <summary>Waits for the next one.</summary>
    /// <param name="buffer">Takes its first bytes: of a longer one, as many as there is room for.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>How many bytes were put there.</returns>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken stop);

    /// <summary>How many have gone by unseen, since this was asked last.</summary>
    uint TakeDropped();
}
