using System;
using System.Collections.Generic;
using System.Net;
using Toa.Internal;

namespace Toa;

/// <summary>What a <see cref="ToaResolver"/> believes, and what it does where it cannot.</summary>
/// <remarks>
/// A TOA option can be written by anybody who can reach the port. The provider's own list (<c>trusted=</c> of the kernel
/// module) is the better place to name the balancers, as an address from elsewhere is then not even stored. These lists
/// are for where the provider cannot be set.
/// </remarks>
public sealed partial class ToaOptions
{
    /// <summary>
    /// Addresses of balancers. Where neither this nor any network is given, nothing is checked: what the provider
    /// believes is believed. Defaults to none.
    /// </summary>
    public IList<IPAddress> KnownProxies { get; } = [];

    /// <summary>
    /// What becomes of connections whose transport peer is none of the known proxies. Even where they are kept, their
    /// options are ignored. Defaults to <see cref="ToaFallback.UseTransportPeer"/>.
    /// </summary>
    public ToaFallback WhenUntrusted { get; set; }

    /// <summary>
    /// What becomes of connections while no provider serves this process. Elsewhere than on Linux, that is always. Defaults
    /// to <see cref="ToaFallback.UseTransportPeer"/>.
    /// </summary>
    public ToaFallback WhenNoProvider { get; set; }

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

    /// <summary>Adds the address of a balancer.</summary>
    /// <param name="address"><c>192.0.2.10</c> or <c>2001:db8::10</c>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="address"/> is <see langword="null"/>.</exception>
    /// <exception cref="FormatException"><paramref name="address"/> is no address; the message says why.</exception>
    public void AddKnownProxy(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        KnownProxies.Add(Cidr.ParseAddress(address));
    }

    /// <summary>Adds a network of balancers, or a single address.</summary>
    /// <param name="network"><c>10.0.0.0/8</c>, <c>2001:db8::/32</c>, or <c>192.0.2.10</c>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="network"/> is <see langword="null"/>.</exception>
    /// <exception cref="FormatException"><paramref name="network"/> is neither; the message says why.</exception>
    public void AddKnownNetwork(string network)
    {
        ArgumentNullException.ThrowIfNull(network);
        (IPAddress baseAddress, int prefixLength) = Cidr.Parse(network);
        KnownIPNetworks.Add(new(baseAddress, prefixLength));
    }
}
