using System.Diagnostics.CodeAnalysis;

namespace Toa;

/// <summary>What a <see cref="ToaResolver"/> believes, and what it does where it cannot.</summary>
/// <remarks>
/// A TOA option can be written by anybody who can reach the port. The provider's own list (<c>trusted=</c> of the kernel
/// module) is the better place to name the balancers, as an address from elsewhere is then not even stored. These lists
/// are for where the provider cannot be set.
/// </remarks>
[SuppressMessage("Usage", "CA2227", Justification = "Configuration that has a text in a list's place is bound by setting it.")]
public sealed class ToaOptions
{
    /// <summary>
    /// Addresses of balancers, such as <c>192.0.2.10</c> or <c>2001:db8::10</c>. If this list and
    /// <see cref="KnownIPNetworks"/> are empty, the resolver checks nothing, and the provider's own list applies. Defaults to
    /// an empty list.
    /// </summary>
    public ToaNetworkList KnownProxies { get; set; } = [];

    /// <summary>
    /// Networks of balancers, such as <c>10.0.0.16/28</c> or <c>2001:db8::/64</c>. A network that contains all IPv4
    /// addresses, such as <c>0.0.0.0/0</c>, is an error. Defaults to an empty list.
    /// </summary>
    public ToaNetworkList KnownIPNetworks { get; set; } = [];

    /// <summary>
    /// What happens to connections whose transport peer is not a known proxy. If they are kept, their TOA options are ignored.
    /// <see cref="ToaAction.Refuse"/> requires known proxies. Defaults to <see cref="ToaAction.UseTransportPeer"/>.
    /// </summary>
    public ToaAction WhenUntrusted { get; set; }

    /// <summary>
    /// What happens to connections whose transport peer cannot be checked (<see cref="ToaTrust.Unknown"/>): another vendor's
    /// provider hides it, or the connection has no TCP socket. If they are kept, their client is the peer that the kernel
    /// names, which can be forged. Defaults to the value of <see cref="WhenUntrusted"/>.
    /// </summary>
    public ToaAction? WhenUnknown { get; set; }

    /// <summary>
    /// What becomes of connections while no provider serves this process. Elsewhere than on Linux, that is always. Defaults
    /// to <see cref="ToaAction.UseTransportPeer"/>.
    /// </summary>
    public ToaAction WhenNoProvider { get; set; }

    /// <summary>
    /// Whether to look for the client in the connection's first packet where no provider serves this process: for balancers
    /// that write the option on the SYN. Takes no privilege, but a listener that keeps these packets
    /// (<see cref="SocketExtensions.SaveSyn"/>). Defaults to <see langword="false"/>.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Options that come later than on the SYN are not seen, and under SYN cookies (a flood, or a full backlog) the kernel
    /// keeps no packet: the client is then the transport peer, with <see cref="ToaFallbackReason.NoProvider"/>. Kinds 200
    /// (IPv4, length 8) and 253 (IPv6, length 20) are known. <see cref="System.Net.Sockets.Socket.RemoteEndPoint"/>,
    /// <c>getpeername</c> and <see cref="SocketExtensions.GetRealRemoteEndPoint"/> go on to name the transport peer.
    /// </para>
    /// <para>
    /// The kernel hands a packet out once: nobody else in the process can read it afterwards, and all resolvers of the
    /// process share what the first one has read. As anybody can write an option, name the balancers.
    /// </para>
    /// </remarks>
    public bool ReadSavedSyn { get; set; }
}
