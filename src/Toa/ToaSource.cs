namespace Toa;

/// <summary>Where the address of a client comes from.</summary>
public enum ToaSource : byte
{
    /// <summary>No source: there is no address.</summary>
    None = 0,

    /// <summary>
    /// The socket itself (<see cref="System.Net.Sockets.Socket.RemoteEndPoint"/>): this is not Linux, so there is no provider.
    /// </summary>
    Socket,

    /// <summary>
    /// The transport peer, as a provider of this project or a saved SYN reports it, because no TOA option was accepted for this
    /// connection. It is the balancer itself, or a client that connected directly.
    /// </summary>
    TransportPeer,

    /// <summary>
    /// <c>getpeername</c> or <c>accept</c>: a real IPv4 client if a provider replaced the name, otherwise the transport peer. The
    /// kernel does not say which.
    /// </summary>
    PeerName,

    /// <summary>
    /// A TOA option with an IPv4 client: <see cref="ToaFormat.IPv4"/> (hybrid cloud: kind 200, length 8),
    /// <see cref="ToaFormat.AlibabaVpc"/>, <see cref="ToaFormat.ByteDance"/> or <see cref="ToaFormat.AkamaiIPv4"/>.
    /// </summary>
    IPv4Option,

    /// <summary>
    /// A TOA option with an IPv6 client: <see cref="ToaFormat.IPv6"/> (NAT64: kind 253, length 20),
    /// <see cref="ToaFormat.AlibabaDdos"/> or <see cref="ToaFormat.AkamaiIPv6"/>.
    /// </summary>
    IPv6Option,
}
