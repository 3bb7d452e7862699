using System.Net;
using Microsoft.AspNetCore.Http;

namespace Toa.AspNetCore.Tests.Support;

/// <summary>The client that a request sees. Endpoints are texts, for JSON.</summary>
public sealed record Seen(
    string? Client, string? Original, string? TransportPeer, ToaSource Source, ToaTrust Trust, bool HasFeature, string Protocol)
{
    public static Seen By(HttpContext context)
    {
        IToaFeature? feature = context.Features.Get<IToaFeature>();
        ConnectionInfo connection = context.Connection;
        return new Seen(
            connection.RemoteIpAddress is { } address ? new IPEndPoint(address, connection.RemotePort).ToString() : null,
            feature?.OriginalRemoteEndPoint.ToString(),
            feature?.Resolution.TransportPeer.ToString(),
            feature?.Resolution.Client.Source ?? default,
            feature?.Resolution.Trust ?? default,
            feature is not null,
            context.Request.Protocol);
    }
}
