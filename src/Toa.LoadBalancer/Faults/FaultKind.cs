namespace Toa.LoadBalancing;

/// <summary>What was done wrong to a packet, on purpose.</summary>
public enum FaultKind
{
    /// <summary>It was lost.</summary>
    Drop,

    /// <summary>It was sent twice.</summary>
    Duplicate,

    /// <summary>It was sent behind the next one.</summary>
    Reorder,

    /// <summary>A forged option stood before the balancer's.</summary>
    ForgedBefore,

    /// <summary>A forged option stood behind the balancer's.</summary>
    ForgedAfter,

    /// <summary>The balancer's option ran past the header.</summary>
    Truncated,
}
