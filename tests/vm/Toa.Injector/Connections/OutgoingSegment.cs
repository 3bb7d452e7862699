using System;

namespace Toa.Injector.Connections;

/// <summary>
/// A part of the stream that will be sent, or was sent and is not acknowledged. Its header is written for each transmission, so
/// that a retransmission has the current acknowledgment, timestamps and option.
/// </summary>
/// <param name="Start">Sequence number of the first byte, after it has been sent.</param>
/// <param name="Data">The bytes; empty for a FIN.</param>
/// <param name="IsFin">Whether this is the FIN, which takes a sequence number of its own.</param>
/// <param name="EndsWrite">Whether this is the end of the data of one call.</param>
/// <param name="Options">The caller's option bytes for it, or null for the connection's.</param>
internal readonly record struct OutgoingSegment(
    uint Start, ReadOnlyMemory<byte> Data, bool IsFin, bool EndsWrite, OptionBytes? Options)
{
    internal uint End => Start + (uint)Data.Length + (IsFin ? 1u : 0u);
}
