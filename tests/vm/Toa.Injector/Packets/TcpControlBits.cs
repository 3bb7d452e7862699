using System;

namespace Toa.Injector;

/// <summary>The control bits (flags) of a TCP header, as they stand in its 14th byte.</summary>
[Flags]
public enum TcpControlBits
{
    /// <summary>No flag: what no TCP sends of its own accord.</summary>
    None = 0,

    /// <summary>The sender has no more data.</summary>
    Fin = 0x01,

    /// <summary>Synchronises sequence numbers: the first segment of each side.</summary>
    Syn = 0x02,

    /// <summary>The connection is gone.</summary>
    Rst = 0x04,

    /// <summary>Hand the data to the program now.</summary>
    Psh = 0x08,

    /// <summary>The acknowledgment number counts.</summary>
    Ack = 0x10,

    /// <summary>The urgent pointer counts.</summary>
    Urg = 0x20,

    /// <summary>ECN echo.</summary>
    Ece = 0x40,

    /// <summary>Congestion window reduced.</summary>
    Cwr = 0x80,
}
