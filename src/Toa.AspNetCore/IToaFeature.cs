using System.Net;

namespace Toa.AspNetCore;

/// <summary>
/// How the client of a connection was found. This is a feature of the connection, and so of each of its requests
/// (<c>HttpContext.Features.Get&lt;IToaFeature&gt;()</c>).
/// </summary>
/// <remarks>
/// Not available on connections without an IP address: Unix domain sockets, named pipes. Also not available in the copy of a
/// request that SignalR passes to hubs over long polling; the address in that copy is correct.
/// </remarks>
public interface IToaFeature
{
    /// <summary>
    /// The remote endpoint before it was replaced, as <c>accept</c> returned it. For a NAT64 client, this is the balancer. For an
    /// IPv4 client, the kernel has already replaced the balancer with the client; the balancer is then the
    /// <see cref="ToaResolution.TransportPeer"/>.
    /// </summary>
    IPEndPoint OriginalRemoteEndPoint { get; }

    /// <summary>
    /// The client, where its address comes from, the balancer, and whether that is a known proxy. Also the format of the TOA option,
    /// the virtual address and the network id: they are not set if <see cref="ToaResolution.Trust"/> is
    /// <see cref="ToaTrust.Untrusted"/> or <see cref="ToaTrust.Unknown"/>. Otherwise they are set as far as they are known.
    /// </summary>
    ToaResolution Resolution { get; }
}
