namespace Toa.Injector;

/// <summary>The states of a connection: those of TCP, and those of a connection that ended without FINs.</summary>
public enum InjectedConnectionState
{
    /// <summary>The SYN has been sent.</summary>
    SynSent,

    /// <summary>The SYN-ACK has arrived, and is not answered because of <see cref="ConnectRequest.SkipAck"/>.</summary>
    SynAckReceived,

    /// <summary>The handshake is complete on this side; data can go both ways.</summary>
    Established,

    /// <summary>Our FIN has been sent, and is not acknowledged.</summary>
    FinWait1,

    /// <summary>Our FIN is acknowledged; the server may still send.</summary>
    FinWait2,

    /// <summary>The server has sent its FIN; we may still send.</summary>
    CloseWait,

    /// <summary>Both FINs have been sent, ours first; ours is not acknowledged.</summary>
    Closing,

    /// <summary>Both FINs have been sent, the server's first; ours is not acknowledged.</summary>
    LastAck,

    /// <summary>Closed; still answers for a second, in case the last ACK was lost.</summary>
    TimeWait,

    /// <summary>Closed from both sides.</summary>
    Closed,

    /// <summary>The server sent RST. In answer to the SYN, this means that the connection was refused.</summary>
    ResetByServer,

    /// <summary>This side sent RST.</summary>
    ResetByClient,

    /// <summary>This side stopped sending, without FIN or RST.</summary>
    Abandoned,

    /// <summary>The server did not answer, although a segment was sent many times.</summary>
    TimedOut,
}
