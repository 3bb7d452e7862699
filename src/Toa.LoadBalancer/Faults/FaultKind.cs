namespace Toa.LoadBalancing;

/// <summary>A fault that was injected into a packet.</summary>
public enum FaultKind
{
    /// <summary>The packet was dropped.</summary>
    Drop,

    /// <summary>The packet was sent twice.</summary>
    Duplicate,

    /// <summary>The packet was sent after the next one.</summary>
    Reorder,

    /// <summary>A forged TOA option was written before the balancer's.</summary>
    ForgedBefore,

    /// <summary>A forged TOA option was written after the balancer's.</summary>
    ForgedAfter,

    /// <summary>The balancer's TOA option runs past the end of the header.</summary>
    Truncated,
}
