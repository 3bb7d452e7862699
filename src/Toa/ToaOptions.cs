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
