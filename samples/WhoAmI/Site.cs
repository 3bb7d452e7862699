using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Samples;

namespace WhoAmI;

/// <summary>The web server: its services and its endpoints.</summary>
internal static class Site
{
    /// <summary>Creates a server, but does not start it.</summary>
    /// <param name="endPoints">The addresses to listen on.</param>
    /// <param name="knownNetworks">Networks of balancers. If there are any, they replace those in the configuration.</param>
    public static WebApplication Create(IReadOnlyList<IPEndPoint> endPoints, IReadOnlyList<string> knownNetworks)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        if (knownNetworks.Count > 0)
            builder.Configuration.AddInMemoryCollection([new("Toa:KnownIPNetworks", string.Join(',', knownNetworks))]);

        // This line enables TOA: from here on, RemoteIpAddress is the real client.
        builder.WebHost.UseToa();

        Listen(builder, endPoints);
        Logs.Configure(builder);
        builder.Services.AddSingleton<Visitors>();
        builder.Services.AddHealthChecks().AddToa();
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("WhoAmI"))
            .WithMetrics(metrics => metrics.AddMeter("Toa", "Microsoft.AspNetCore.*").AddPrometheusExporter());
        builder.Services.ConfigureHttpJsonOptions(
            json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, SiteJson.Default));

        WebApplication site = builder.Build();
        Page.Map(site);
        site.MapGet("/api/me", Me);
        site.MapGet("/api/visitors", Others);
        Health.Map(site, "/healthz");
        site.MapPrometheusScrapingEndpoint("/metrics");
        return site;
    }

    private static Ok<Visit> Me(HttpContext context, Visitors visitors)
    {
        Visit visit = Visit.By(context);
        visitors.Add(visit);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(visit);
    }

    /// <summary>Ends when the listener disconnects or the server stops: otherwise the server would wait for the listener.</summary>
    private static ServerSentEventsResult<Visit[]> Others(Visitors visitors, IHostApplicationLifetime server) =>
        TypedResults.ServerSentEvents(visitors.ListenAsync(server.ApplicationStopping));

    private static void Listen(WebApplicationBuilder builder, IReadOnlyList<IPEndPoint> endPoints)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            foreach (IPEndPoint endPoint in endPoints)
                kestrel.Listen(endPoint);
        });
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.CreateBoundListenSocket = endPoint =>
        {
            try
            {
                return SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
            }
            // Kestrel's own exceptions do not always name the endpoint.
            catch (SocketException e)
            {
                throw new ListenException((IPEndPoint)endPoint, e);
            }
        });
    }
}
