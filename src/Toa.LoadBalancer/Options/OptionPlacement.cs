namespace Toa.LoadBalancing;

/// <summary>Which of a client's segments the option is written on.</summary>
public enum OptionPlacement
{
    /// <summary>
    /// The handshake's ACK and every later segment, until the client has acknowledged data of the server's, or the server
    /// data of the client's: as balancers in the field do. A server that lost one sees another.
    /// </summary>
    UntilAcknowledged,

    /// <summary>The SYN as well, for servers that save it (TCP_SAVE_SYN) or that use Fast Open.</summary>
    SynAndUntilAcknowledged,

    /// <summary>
    /// The client's first segment with data alone, and its retransmissions. A server's kernel that reads the handshake's
    /// ACK does not find it, unless that was lost.
    /// </summary>
    FirstData,

    /// <summary>None, as a balancer without TOA.</summary>
    None,
}
