namespace Toa.LoadBalancing;

/// <summary>Which segments of a client carry the TOA option.</summary>
public enum OptionPlacement
{
    /// <summary>
    /// The ACK of the handshake and every later segment, until one end has acknowledged data of the other. Production balancers
    /// do this: if one segment is lost, the server gets the option with another.
    /// </summary>
    UntilAcknowledged,

    /// <summary>The SYN also, for servers that save it (TCP_SAVE_SYN) or that use Fast Open.</summary>
    SynAndUntilAcknowledged,

    /// <summary>
    /// Only the ACK of the handshake, if it has no data, and its repetitions. If it is lost, the server does not get the option.
    /// </summary>
    HandshakeAck,

    /// <summary>
    /// Only the client's first segment with data, and its retransmissions. A provider that reads the ACK of the handshake does
    /// not find the option, unless that ACK was lost.
    /// </summary>
    FirstData,

    /// <summary>No segment, as with a balancer without TOA.</summary>
    None,
}
