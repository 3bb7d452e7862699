using System;

namespace Toa.Tool.Capture;

/// <summary>On which segments of a connection an option was seen.</summary>
[Flags]
internal enum SegmentPlaces
{
    None = 0,

    /// <summary>On the first one, which asks for the connection.</summary>
    Syn = 1,

    /// <summary>On one without data, as that which completes the handshake.</summary>
    Ack = 2,

    /// <summary>On one with data.</summary>
    Data = 4,
}
