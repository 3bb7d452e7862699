using System;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;

namespace Toa.AspNetCore.Internal;

/// <summary>
/// Writes a request's client into its span, under OpenTelemetry's names: the client is who the connection's address says, the
/// network peer is the transport peer. First in the pipeline, as what comes later may change the address.
/// </summary>
internal sealed class SpanTags : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(following => context =>
        {
            if (context.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } span
                && context.Features.Get<IToaFeature>() is { } toa)
                Tag(span, toa.Resolution);
            return following(context);
        });
        next(app);
    };

    private static void Tag(Activity span, in ToaResolution found)
    {
        span.SetTag("client.address", found.Client.ToIPAddress().ToString());
        span.SetTag("client.port", found.Client.Port);
        if (found.TransportPeer.Source == ToaSource.None)
            return;
        span.SetTag("network.peer.address", found.TransportPeer.ToIPAddress().ToString());
        span.SetTag("network.peer.port", found.TransportPeer.Port);
    }
}
