using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Toa.Tool.Http;

/// <summary>A small HTTP server: one request for each connection, and limits for clients that are slow or many.</summary>
/// <remarks>
/// Kestrel without a host. A host would read settings from the environment and from files in the working folder, which must not
/// have an effect on a command of root.
/// </remarks>
internal sealed class HttpServer : IAsyncDisposable
{
    private const int MostConnections = 32, MostHeaderBytes = 8192, MostBodyBytes = 1 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10), PatienceAtEnd = TimeSpan.FromSeconds(1);

    private readonly KestrelServer _kestrel;

    private HttpServer(KestrelServer kestrel) => _kestrel = kestrel;

    /// <summary>Starts to answer requests.</summary>
    /// <param name="listeners">The sockets, which are bound. The server closes them when it ends.</param>
    /// <param name="answer">Writes the answer to a request. Requests at the same time are possible.</param>
    public static async Task<HttpServer> StartAsync(IReadOnlyList<Socket> listeners, Func<HttpContext, Task> answer)
    {
        KestrelServerOptions options = new() { AddServerHeader = false };
        // Clients that open connections and send nothing must not use up the memory or the descriptors of the machine.
        options.Limits.MaxConcurrentConnections = MostConnections;
        options.Limits.KeepAliveTimeout = options.Limits.RequestHeadersTimeout = Patience;
        options.Limits.MaxRequestHeadersTotalSize = options.Limits.MaxRequestLineSize = MostHeaderBytes;
        options.Limits.MaxRequestBodySize = MostBodyBytes;
        foreach (Socket listener in listeners)
            options.Listen(listener.LocalEndPoint!, one => one.Protocols = HttpProtocols.Http1);

        SocketTransportOptions transport = new()
        {
            CreateBoundListenSocket = end => listeners.First(listener => listener.LocalEndPoint!.Equals(end)),
        };
        KestrelServer kestrel = new(
            Options.Create(options), new SocketTransportFactory(Options.Create(transport), NullLoggerFactory.Instance),
            NullLoggerFactory.Instance);
        await kestrel.StartAsync(new Application(answer), CancellationToken.None);
        return new HttpServer(kestrel);
    }

    /// <summary>Stops the server. Answers that are not complete have a short time left.</summary>
    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource late = new(PatienceAtEnd);
        await _kestrel.StopAsync(late.Token);
        _kestrel.Dispose();
    }

    private sealed class Application(Func<HttpContext, Task> answer) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public Task ProcessRequestAsync(HttpContext context)
        {
            context.Response.Headers.Connection = "close";
            return answer(context);
        }

        public void DisposeContext(HttpContext context, Exception? exception)
        {
        }
    }
}
