namespace Toa.LoadBalancing;

/// <summary>What happens to a new connection when the flow table is full.</summary>
public enum FlowTableFullPolicy
{
    /// <summary>
    /// The longest idle flow is reset and removed. Flows whose handshake is not complete go first.
    /// </summary>
    EvictOldest,

    /// <summary>The SYN of the new connection is dropped.</summary>
    RefuseNew,
}
