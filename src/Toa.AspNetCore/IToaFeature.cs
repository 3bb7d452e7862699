using System.Net;

namespace Toa.AspNetCore;

/// <summary>
/// How the client of a connection was learnt. Among the features of the connection, and so of each of its requests
/// (<c>HttpContext.Features.Get&lt;IToaFeature&gt;()</c>).
/// </summary>
/// <remarks>
/// Absent on connections without an IP address: Unix domain sockets, named pipes. Also absent from the copy of a request that
/// SignalR passes to hubs over long polling, whose address is correct.
/// </remarks>
public interface IToaFeature
{
    /// <summary>
    /// The remote endpoint before it was replaced, which is <c>accept</c>'s answer: for a NAT64 client, the balancer. An IPv4
    /// client has taken the balancer's place there already, in the kernel; the balancer is then the
    /// <see cref="ToaResolution.TransportPeer"/>.
    /// </summary>
    IPEndPoint OriginalRemoteEndPoint { get; }

    /// <summary>The client, where it was learnt, through which balancer, and whether that is one of yours.</summary>
    ToaResolution Resolution { get; }
}
