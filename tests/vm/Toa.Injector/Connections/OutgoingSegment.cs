using System;

namespace Toa.Injector.Connections;

/// <summary>
/// A piece of the stream that is to be sent, or was sent and is not acknowledged. Its header is written anew each time,
/// so that a retransmission carries the acknowledgment, timestamps and option of that moment.
/// </summary>
/// <param name="Start">Sequence number of the first byte, once it is sent.</param>
/// <param name="Data">The bytes; empty for a FIN.</param>
/// <param name="IsFin">Whether this is the FIN, which takes a sequence number of its own.</param>
/// <param name="EndsWrite">Whether this is the end of what the caller sent at once.</param>
/// <param name="Options">The caller's option bytes for it, or null for the connection's.</param>
internal readonly record struct OutgoingSegment(
    uint Start, ReadOnlyMemory<byte> Data, bool IsFin, bool EndsWrite, OptionBytes? Options)
{
    internal uint End => Start + (uint)Data.Length + (IsFin ? 1u : 0u);
}
