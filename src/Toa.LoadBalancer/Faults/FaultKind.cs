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

    /// <summary>The packet was sent later: because of the latency, the jitter or the bandwidth.</summary>
    Delay,

    /// <summary>The packet was dropped, because too many waited for the bandwidth.</summary>
    Bandwidth,

    /// <summary>The packet vanished in a black hole for large packets.</summary>
    BlackHole,

    /// <summary>The packet was dropped, because no packet passes.</summary>
    Stall,

    /// <summary>The connection was reset after the configured number of bytes.</summary>
    Reset,
}
