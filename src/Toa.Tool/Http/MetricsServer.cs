using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using EchoServer;
using Microsoft.AspNetCore.Http;
using Samples;
using Toa.Tool.Language;
using Toa.Tool.Metrics;

namespace Toa.Tool.Http;

/// <summary>Answers GET /healthz and /metrics.</summary>
/// <param name="health">Whether all is well, and one line about it.</param>
/// <param name="metrics">The metrics in the text format of Prometheus.</param>
internal sealed class MetricsServer(Func<(bool IsFine, string Line)> health, Func<string> metrics)
{
    /// <summary>Starts to answer. An endpoint [::] accepts IPv4 clients too, and is 0.0.0.0 on a machine without IPv6.</summary>
    /// <exception cref="ToolException">It cannot listen on one of the endpoints.</exception>
    public async Task<HttpServer> ListenAsync(IReadOnlyList<IPEndPoint> ends, Action<Message> tell)
    {
        List<Socket> listeners = [];
        try
        {
            foreach (IPEndPoint end in ends)
                listeners.Add(Server.Listen(WithoutIPv6(end)));
            foreach (Socket listener in listeners)
                tell($"Listening on {listener.LocalEndPoint}.");
            return await HttpServer.StartAsync(listeners, AnswerAsync);
        }
        catch (ListenException e)
        {
            listeners.ForEach(listener => listener.Dispose());
            throw new ToolException($"{e.Message}", e);
        }
    }

    // Manifests name [::], also for nodes without IPv6.
    private static IPEndPoint WithoutIPv6(IPEndPoint end) =>
        end.Address.Equals(IPAddress.IPv6Any) && !Socket.OSSupportsIPv6 ? new IPEndPoint(IPAddress.Any, end.Port) : end;

    private Task AnswerAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            return WriteAsync(context.Response, StatusCodes.Status405MethodNotAllowed, "Only GET and HEAD are served.\n");
        }

        switch (request.Path.Value)
        {
            case "/healthz":
                (bool isFine, string line) = health();
                return WriteAsync(
                    context.Response, isFine ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, $"{line}\n");
            case "/metrics":
                return WriteAsync(context.Response, StatusCodes.Status200OK, metrics());
            default:
                return WriteAsync(context.Response, StatusCodes.Status404NotFound, "There are /healthz and /metrics.\n");
        }
    }

    private static Task WriteAsync(HttpResponse response, int status, string text)
    {
        response.StatusCode = status;
        response.ContentType = PrometheusText.ContentType;
        response.ContentLength = Encoding.UTF8.GetByteCount(text);
        return response.WriteAsync(text);
    }
}
