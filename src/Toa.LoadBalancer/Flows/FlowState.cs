namespace Toa.LoadBalancing;

/// <summary>The state of a connection, as seen by the balancer.</summary>
public enum FlowState
{
    /// <summary>The client's SYN has arrived; the handshake is not complete.</summary>
    Opening,

    /// <summary>Both ends may send.</summary>
    Established,

    /// <summary>One end sent its FIN; the other end may continue to send.</summary>
    HalfClosed,

    /// <summary>Both ends sent a FIN, and at least one FIN is not acknowledged.</summary>
    Closing,

    /// <summary>
    /// Both FINs are acknowledged, or one end sent a reset. The flow is kept for a while, because retransmissions may follow.
    /// </summary>
    Closed,
}
