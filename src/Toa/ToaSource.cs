namespace Toa;

/// <summary>Where a client's address was learnt.</summary>
public enum ToaSource : byte
{
    /// <summary>Nowhere: there is no address.</summary>
    None = 0,

    /// <summary>
    /// The socket itself (<see cref="System.Net.Sockets.Socket.RemoteEndPoint"/>): this is not Linux, and no provider can be.
    /// </summary>
    Socket,

    /// <summary>
    /// The kernel names the transport peer, and a provider of this project says that no option was believed on this
    /// connection: the balancer itself, or a client that came directly.
    /// </summary>
    TransportPeer,

    /// <summary>
    /// <c>getpeername</c> or <c>accept</c>: a real IPv4 client where a provider put it there, else the transport peer. The
    /// kernel does not say which.
    /// </summary>
    PeerName,

    /// <summary>An option with an IPv4 client (hybrid cloud: kind 200, length 8).</summary>
    IPv4Option,

    /// <summary>An option with an IPv6 client (NAT64: kind 253, length 20).</summary>
    IPv6Option,
}
