using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Toa.AspNetCore.Tests.Support;

/// <summary>A Kestrel server on real sockets. Its page / returns the client that it sees.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private WebServer(WebApplication application, LogRecorder log)
    {
        _application = application;
        Log = log;
    }

    public LogRecorder Log { get; }

    public IServiceProvider Services => _application.Services;

    /// <summary>The port of the first endpoint.</summary>
    public int Port => BindingAddress.Parse(Addresses.First()).Port;

    private ICollection<string> Addresses =>
        Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;

    /// <summary>Starts a server on all IPv4 addresses. By default, real clients are enabled for the whole server.</summary>
    public static Task<WebServer> StartAsync(
        Action<ListenOptions>? listen = null, Action<WebApplicationBuilder>? configure = null,
        Action<WebApplication>? map = null) =>
        StartOnAsync(
            kestrel => kestrel.Listen(IPAddress.Any, 0, listen ?? (_ => { })), configure ?? (builder => builder.WebHost.UseToa()), map);

    /// <summary>Starts a server on the given endpoints.</summary>
    public static async Task<WebServer> StartOnAsync(
        Action<KestrelServerOptions> kestrel, Action<WebApplicationBuilder> configure, Action<WebApplication>? map = null)
    {
        LogRecorder log = new();
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.WebHost.ConfigureKestrel(kestrel);
        configure(builder);

        WebApplication application = builder.Build();
        application.MapGet("/", Seen.By);
        map?.Invoke(application);
        try
        {
            await application.StartAsync();
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        return new WebServer(application, log);
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }
}
