using System;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;

namespace Toa.AspNetCore.Internal;

/// <summary>
/// Writes a request's client and transport peer into its span, with OpenTelemetry's names. The transport peer is the network peer
/// there. This runs first in the pipeline, because later middleware may change the address.
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
