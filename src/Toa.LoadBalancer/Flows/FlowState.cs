namespace Toa.LoadBalancing;

/// <summary>How far a connection is, seen from between its ends.</summary>
public enum FlowState
{
    /// <summary>The client's SYN came; its handshake is not complete.</summary>
    Opening,

    /// <summary>Both ends may send.</summary>
    Established,

    /// <summary>One end sent its FIN, the other may go on sending.</summary>
    HalfClosed,

    /// <summary>Both ends sent a FIN, and not both were acknowledged.</summary>
    Closing,

    /// <summary>
    /// Both FINs were acknowledged, or an end sent a reset. Kept for a while, as retransmissions may follow.
    /// </summary>
    Closed,
}
