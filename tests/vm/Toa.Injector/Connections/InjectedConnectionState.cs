namespace Toa.Injector;

/// <summary>Where a connection stands: the states of TCP, and how it can end without a handshake of FINs.</summary>
public enum InjectedConnectionState
{
    /// <summary>The SYN is out.</summary>
    SynSent,

    /// <summary>The SYN-ACK has come and is left unanswered, as <see cref="ConnectRequest.SkipAck"/> asks.</summary>
    SynAckReceived,

    /// <summary>The handshake is complete on this side; data can go both ways.</summary>
    Established,

    /// <summary>Our FIN is out and not acknowledged.</summary>
    FinWait1,

    /// <summary>Our FIN is acknowledged; the server may still send.</summary>
    FinWait2,

    /// <summary>The server has sent its FIN; we may still send.</summary>
    CloseWait,

    /// <summary>Both FINs are out, ours first; ours is not acknowledged.</summary>
    Closing,

    /// <summary>Both FINs are out, the server's first; ours is not acknowledged.</summary>
    LastAck,

    /// <summary>Closed; still answers for a second, in case that the last ACK was lost.</summary>
    TimeWait,

    /// <summary>Closed from both sides.</summary>
    Closed,

    /// <summary>The server sent RST; as answer to the SYN: refused.</summary>
    ResetByServer,

    /// <summary>This side sent RST.</summary>
    ResetByClient,

    /// <summary>This side went silent without a word.</summary>
    Abandoned,

    /// <summary>The server did not answer, however often a segment was sent again.</summary>
    TimedOut,
}
