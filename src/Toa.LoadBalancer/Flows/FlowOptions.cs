using System;

namespace Toa.LoadBalancing;

/// <summary>The limit of flows, and their timeouts.</summary>
public sealed class FlowOptions
{
    /// <summary>The maximum number of flows, including those that have just closed. Defaults to 250000.</summary>
    public int MaxFlows { get; set; } = 250_000;

    /// <summary>
    /// What happens to a new connection when the table is full. Closed flows are always removed to make room. Defaults to
    /// <see cref="FlowTableFullPolicy.EvictOldest"/>.
    /// </summary>
    public FlowTableFullPolicy WhenFull { get; set; }

    /// <summary>How long a flow is kept during the handshake, after its last packet. Defaults to 30 s.</summary>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a connection may be idle. Then the balancer sends a reset to both ends. Defaults to 15 minutes.
    /// </summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a flow is kept without the last acknowledgement, after both ends sent a FIN. Defaults to 60 s.</summary>
    public TimeSpan ClosingTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long retransmissions of a closed connection are still forwarded. Defaults to 5 s.
    /// </summary>
    public TimeSpan ClosedTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long the source port of a removed flow is not reused. A server that closed first keeps the connection in TIME_WAIT
    /// for 60 s on Linux, and may treat another client's SYN as a segment of that connection. Defaults to 60 s.
    /// </summary>
    public TimeSpan PortRest { get; set; } = TimeSpan.FromSeconds(60);
}
