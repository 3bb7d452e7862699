namespace Toa.LoadBalancing;

/// <summary>Why a client's SYN opened no flow.</summary>
public enum FlowRefusal
{
    /// <summary>
    /// The table is full. The SYN is dropped, and the client retransmits it a second later.
    /// </summary>
    TableFull,

    /// <summary>All source ports for all back ends are in use, or were used too recently. The SYN is dropped.</summary>
    NoPort,

    /// <summary>All back ends are down, or have weight 0. Answered with a reset.</summary>
    NoBackEnd,
}
