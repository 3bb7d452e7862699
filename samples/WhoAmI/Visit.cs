using System;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Toa;
using Toa.AspNetCore;

namespace WhoAmI;

/// <summary>A visitor as the server knows it. Endpoints are texts: <c>192.0.2.10:5555</c>, <c>[2001:db8::1]:40000</c>.</summary>
/// <param name="Client">The visitor's address and port.</param>
/// <param name="Address">The address alone.</param>
/// <param name="Port">The port alone.</param>
/// <param name="Family">IPv4 or IPv6.</param>
/// <param name="Source">Where the address comes from.</param>
/// <param name="How">The same in a word or two.</param>
/// <param name="Explanation">The same in sentences.</param>
/// <param name="Balancer">The load balancer; null if there was none, or if it wrote no address.</param>
/// <param name="Trust">Whether the balancer is a known proxy.</param>
/// <param name="TrustInWords">The same in words; null if there is no balancer to trust.</param>
/// <param name="Format">The format of the TOA option that the balancer wrote.</param>
/// <param name="VirtualAddress">The address at the balancer to which the visitor connected; null if it is not known.</param>
/// <param name="NetworkId">The id of the visitor's virtual network; null if it is not known.</param>
/// <param name="At">When the visitor came.</param>
internal sealed record Visit(
    string Client, string Address, int Port, string Family, ToaSource Source, string How, string Explanation,
    string? Balancer, ToaTrust Trust, string? TrustInWords, ToaFormat Format, string? VirtualAddress, uint? NetworkId,
    DateTimeOffset At)
{
    /// <summary>Creates the visit for a request.</summary>
    public static Visit By(HttpContext context)
    {
        // The application does not need to know where the address comes from...
        IPAddress address = context.Connection.RemoteIpAddress!;
        // ...but it can find out.
        IToaFeature feature = context.Features.GetRequiredFeature<IToaFeature>();
        ToaResolution found = feature.Resolution;

        if (address.IsIPv4MappedToIPv6) // on a dual-mode listener
            address = address.MapToIPv4();
        int port = context.Connection.RemotePort;
        string? balancer = BalancerOf(feature);
        (string how, string explanation) = Wording.Of(found);
        return new Visit(
            new IPEndPoint(address, port).ToString(), address.ToString(), port,
            address.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4",
            found.Client.Source, how, explanation,
            balancer, found.Trust, balancer is null ? null : Wording.Of(found.Trust),
            found.Format, found.VirtualEndPoint.Source == ToaSource.None ? null : found.VirtualEndPoint.ToString(), found.NetworkId,
            DateTimeOffset.UtcNow);
    }

    private static string? BalancerOf(IToaFeature feature) => feature.Resolution switch
    {
        { Client.Source: not (ToaSource.IPv6Option or ToaSource.IPv4Option) } => null,
        // The resolver does not know the transport peer, so use the peer's name from accept.
        { TransportPeer.Source: ToaSource.None } => new ToaEndPoint(feature.OriginalRemoteEndPoint, ToaSource.PeerName).ToString(),
        var found => found.TransportPeer.ToString(),
    };
}
