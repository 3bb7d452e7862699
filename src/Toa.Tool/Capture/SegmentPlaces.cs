using System;

namespace Toa.Tool.Capture;

/// <summary>The segments of a connection that carried an option.</summary>
[Flags]
internal enum SegmentPlaces
{
    None = 0,

    /// <summary>The SYN, which opens the connection.</summary>
    Syn = 1,

    /// <summary>A segment without data, for example the one that completes the handshake.</summary>
    Ack = 2,

    /// <summary>A segment with data.</summary>
    Data = 4,

    /// <summary>The segment that completes the handshake, where its SYN was captured too. It may have data.</summary>
    Handshake = 8,

    /// <summary>A segment that ends a direction of the connection.</summary>
    Fin = 16,
}
