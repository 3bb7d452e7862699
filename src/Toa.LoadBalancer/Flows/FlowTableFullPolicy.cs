namespace Toa.LoadBalancing;

/// <summary>What a new connection meets when the table of flows is full.</summary>
public enum FlowTableFullPolicy
{
    /// <summary>
    /// The flow that was silent longest is reset and makes room: handshakes that are not complete first.
    /// </summary>
    EvictOldest,

    /// <summary>Its SYN is dropped.</summary>
    RefuseNew,
}
