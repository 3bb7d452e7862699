using System;

namespace Toa.LoadBalancing;

/// <summary>How many flows there may be, and how long each is kept.</summary>
public sealed class FlowOptions
{
    /// <summary>The most flows at a time, those that just closed included. Defaults to 250000.</summary>
    public int MaxFlows { get; set; } = 250_000;

    /// <summary>
    /// What a new connection meets when the table is full. Flows that are over make room in any case. Defaults to
    /// <see cref="FlowTableFullPolicy.EvictOldest"/>.
    /// </summary>
    public FlowTableFullPolicy WhenFull { get; set; }

    /// <summary>How long a handshake may take after its last packet. Defaults to 30 s.</summary>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a connection may be silent; then both ends are sent a reset. Defaults to 15 minutes.
    /// </summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long the last acknowledgement may take after both ends sent a FIN. Defaults to 60 s.</summary>
    public TimeSpan ClosingTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long retransmissions of a closed connection are still passed on. Defaults to 5 s.
    /// </summary>
    public TimeSpan ClosedTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long the source port of a flow that is gone rests. A server that closed first holds the connection in TIME_WAIT
    /// for 60 s on Linux, and could take another client's SYN for a stray. Defaults to 60 s.
    /// </summary>
    public TimeSpan PortRest { get; set; } = TimeSpan.FromSeconds(60);
}
