namespace Toa.LoadBalancing;

/// <summary>Why a client's SYN opened no flow.</summary>
public enum FlowRefusal
{
    /// <summary>
    /// The table is full. The SYN is dropped: the client tries again a second later.
    /// </summary>
    TableFull,

    /// <summary>All source ports to all back ends are in use or rest. The SYN is dropped.</summary>
    NoPort,

    /// <summary>All back ends are down, or have weight 0. Answered by a reset.</summary>
    NoBackEnd,
}
