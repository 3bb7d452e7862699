using System;

namespace Toa.Injector;

/// <summary>The control bits (flags) of a TCP header, in its 14th byte.</summary>
[Flags]
public enum TcpControlBits
{
    /// <summary>No flag: a real TCP never sends this.</summary>
    None = 0,

    /// <summary>The sender has no more data.</summary>
    Fin = 0x01,

    /// <summary>Synchronises sequence numbers: the first segment of each side.</summary>
    Syn = 0x02,

    /// <summary>Resets the connection.</summary>
    Rst = 0x04,

    /// <summary>Asks the receiver to pass the data to the program at once.</summary>
    Psh = 0x08,

    /// <summary>The acknowledgment number is valid.</summary>
    Ack = 0x10,

    /// <summary>The urgent pointer is valid.</summary>
    Urg = 0x20,

    /// <summary>ECN echo.</summary>
    Ece = 0x40,

    /// <summary>Congestion window reduced.</summary>
    Cwr = 0x80,
}
