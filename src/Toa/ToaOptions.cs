using System.Diagnostics.CodeAnalysis;

namespace Toa;

/// <summary>Which TOA options a <see cref="ToaResolver"/> accepts, and how it handles all other connections.</summary>
/// <remarks>
/// Anyone who can reach the port can write a TOA option. If possible, list the balancers in the provider (parameter
/// <c>trusted</c> of the kernel module): it then does not even store an address from another source. Use these lists if you
/// cannot configure the provider.
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
    /// What happens to connections while no provider serves this process, which is always the case on systems other than Linux.
    /// Defaults to <see cref="ToaAction.UseTransportPeer"/>.
    /// </summary>
    public ToaAction WhenNoProvider { get; set; }

    /// <summary>
    /// Whether to read the client from a connection's saved SYN if no provider serves this process. This works for balancers that
    /// write the TOA option on the SYN. It needs no privilege, but a listener that saves SYNs
    /// (<see cref="SocketExtensions.SaveSyn"/>). Defaults to <see langword="false"/>.
    /// </summary>
    /// <remarks>
    /// <para>
    /// A TOA option on a later packet is not seen. Under SYN cookies (a SYN flood, or a full backlog), the kernel saves no SYN:
    /// the client is then the transport peer, with <see cref="ToaFallbackReason.NoProvider"/>. <see cref="Formats"/> selects the
    /// TOA options. <see cref="System.Net.Sockets.Socket.RemoteEndPoint"/>, <c>getpeername</c> and
    /// <see cref="SocketExtensions.GetRealRemoteEndPoint"/> still return the transport peer.
    /// </para>
    /// <para>
    /// The kernel returns a saved SYN only once: no other code in the process can read it afterwards. All resolvers of the process
    /// share it. Anyone can write a TOA option, so configure the known proxies.
    /// </para>
    /// </remarks>
    public bool ReadSavedSyn { get; set; }

    /// <summary>
    /// The formats of TOA options to read from a saved SYN (<see cref="ReadSavedSyn"/>): vendors, such as <c>tencent</c> or
    /// <c>huawei</c>, and <c>KIND/8</c> (IPv4) or <c>KIND/20</c> (IPv6). Two formats that read the same kind and length
    /// differently are an error. Defaults to an empty list, which reads the formats of <c>tencent</c>: kind 200 with length 8
    /// (IPv4), and kind 253 with length 20 (IPv6).
    /// </summary>
    /// <remarks>A provider has its own setting, <c>formats</c>.</remarks>
    public ToaFormatList Formats { get; set; } = [];
}
