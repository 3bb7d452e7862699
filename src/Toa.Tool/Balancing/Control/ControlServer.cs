using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Samples;
using Toa.LoadBalancing;
using Toa.Tool.Http;
using Toa.Tool.Language;
using Toa.Tool.Output;

namespace Toa.Tool.Balancing.Control;

/// <summary>Answers requests on the control socket of a running balancer. No request stops the balancer.</summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private const string Limit = "limit";

    // Less than Kestrel's limit: Kestrel resets the connection of a client that sends more, which may then not see the answer.
    private const int MostBodyBytes = 65_536;

    private static readonly ListenerFaultsDocument ExampleFaults = new("198.51.100.1:80", ["drop=5", "to-servers:latency=50ms"], null);
    private static readonly WeightRequest ExampleWeight = new("198.51.100.1:80", "10.0.0.2:8080", 2);
    private static readonly DrainRequest ExampleDrain = new("198.51.100.1:80", "10.0.0.2:8080");

    private static readonly string TooLarge = $"The body has more than {MostBodyBytes} bytes. Send only the fields of the request.";

    private readonly ControlSocket _socket;
    private readonly LoadBalancer _balancer;
    private readonly Action<Message> _warn;
    private readonly UserLanguage _language = UserLanguage.Current;
    private readonly Dictionary<string, Dictionary<string, Func<HttpContext, Task>>> _routes;
    private HttpServer? _server;

    private ControlServer(ControlSocket socket, LoadBalancer balancer, Action<Message> warn)
    {
        _socket = socket;
        _balancer = balancer;
        _warn = warn;
        _routes = new()
        {
            ["/flows"] = new() { ["GET"] = ListFlowsAsync },
            ["/backends"] = new() { ["GET"] = context => AnswerBackEndsAsync(context, _ => true) },
            ["/counters"] = new() { ["GET"] = ListCountersAsync },
            ["/faults"] = new() { ["GET"] = context => AnswerFaultsAsync(context, Listeners), ["PUT"] = SetFaultsAsync },
            ["/weight"] = new() { ["PUT"] = SetWeightAsync },
            ["/drain"] = new() { ["POST"] = DrainAsync },
        };
    }

    private IEnumerable<IPEndPoint> Listeners => _balancer.ListBackEnds().Select(backEnd => backEnd.VirtualAddress).Distinct();

    /// <param name="socket">The socket. The server closes it and removes its file.</param>
    /// <param name="balancer">The balancer.</param>
    /// <param name="warn">Reports a refused user.</param>
    public static async Task<ControlServer> StartAsync(ControlSocket socket, LoadBalancer balancer, Action<Message> warn)
    {
        ControlServer server = new(socket, balancer, warn);
        server._server = await HttpServer.StartAsync([socket.Listener], server.AnswerAsync);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _server!.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        try
        {
            DemandUser(context);
            // Programs read it, in every language the same.
            UserLanguage.Current = UserLanguage.English;
            await RouteOf(context)(context);
        }
        catch (ControlException e)
        {
            await RefuseAsync(context, e.Status, e.Message);
        }
        catch (BadHttpRequestException e)
        {
            await RefuseAsync(context, e.StatusCode, e.StatusCode == StatusCodes.Status413PayloadTooLarge ? TooLarge : e.Message);
        }
        // Of the balancer: no such listener or back end, or a value is out of range.
        catch (ArgumentException e)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, e.Message);
        }
    }

    /// <summary>Refuses other users. The mode of the file does so already, but the mode can be changed.</summary>
    private void DemandUser(HttpContext context)
    {
        PeerCredentials own = PeerCredentials.Of(_socket.Listener);
        PeerCredentials peer = PeerCredentials.Of(context.Features.Get<IConnectionSocketFeature>()!.Socket);
        if (own.Trusts(peer))
            return;
        UserLanguage.Current = _language;
        _warn($"Refused a request of user {peer.User} (process {peer.Process}) on {_socket.Path}: only user {own.User} and root may use it.");
        throw new ControlException(
            StatusCodes.Status403Forbidden, $"User {peer.User} may not control this balancer. Use user {own.User}, or root.");
    }

    private Func<HttpContext, Task> RouteOf(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (!_routes.TryGetValue(request.Path.Value ?? "", out Dictionary<string, Func<HttpContext, Task>>? methods))
            throw new ControlException(
                StatusCodes.Status404NotFound, $"Unknown path '{request.Path.Value}'. Valid paths: {string.Join(", ", _routes.Keys)}.");
        if (methods.TryGetValue(request.Method, out Func<HttpContext, Task>? route))
            return route;
        string allowed = string.Join(", ", methods.Keys);
        context.Response.Headers.Allow = allowed;
        throw new ControlException(
            StatusCodes.Status405MethodNotAllowed, $"{request.Path.Value} does not have the method {request.Method}. Valid methods: {allowed}.");
    }

    private Task ListFlowsAsync(HttpContext context)
    {
        int limit = int.MaxValue;
        if (context.Request.Query.Keys.FirstOrDefault(name => name != Limit) is { } unknown)
            throw Malformed($"Unknown parameter '{unknown}'. Valid parameters: {Limit}.");
        string? text = context.Request.Query[Limit];
        if (text is not null && !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit))
            throw Malformed($"{Limit}: '{text}' is not a number from 0 to {int.MaxValue}.");
        return WriteAsync(context, FlowsDocument.Of(_balancer, limit), ToolJson.Plain.FlowsDocument);
    }

    private Task ListCountersAsync(HttpContext context) => WriteAsync(
        context, new CountersDocument(BalancerCounters.ByName(_balancer.Counters)), ToolJson.Plain.CountersDocument);

    private async Task SetFaultsAsync(HttpContext context)
    {
        ListenerFaultsDocument asked = await ReadAsync(context, ToolJson.Strict.ListenerFaultsDocument, ExampleFaults);
        IPEndPoint listener = ParseAddress("virtualAddress", asked.VirtualAddress);
        FaultOptions faults = new() { Seed = asked.Seed };
        foreach (string? fault in asked.Faults ?? throw Malformed("faults is missing. For no faults, send an empty list."))
        {
            if (FaultArgument.Parse(fault ?? "", out Action<FaultOptions> set) is { } problem)
                throw Malformed(problem.ToString());
            set(faults);
        }

        _balancer.SetFaults(listener, faults);
        await AnswerFaultsAsync(context, [listener]);
    }

    private async Task SetWeightAsync(HttpContext context)
    {
        WeightRequest asked = await ReadAsync(context, ToolJson.Strict.WeightRequest, ExampleWeight);
        int weight = asked.Weight ?? throw Malformed("weight is missing. Send a number; with 0, the back end gets no new connections.");
        await SetWeightAsync(context, asked.VirtualAddress, asked.BackEnd, weight);
    }

    private async Task DrainAsync(HttpContext context)
    {
        DrainRequest asked = await ReadAsync(context, ToolJson.Strict.DrainRequest, ExampleDrain);
        await SetWeightAsync(context, asked.VirtualAddress, asked.BackEnd, 0);
    }

    private Task SetWeightAsync(HttpContext context, string? virtualAddress, string? backEnd, int weight)
    {
        IPEndPoint listener = ParseAddress("virtualAddress", virtualAddress), server = ParseAddress("backEnd", backEnd);
        _balancer.SetWeight(listener, server, weight);
        return AnswerBackEndsAsync(context, one => one.VirtualAddress.Equals(listener) && one.Address.Equals(server));
    }

    private Task AnswerBackEndsAsync(HttpContext context, Func<BackEndStatus, bool> filter) => WriteAsync(
        context, new BackEndsDocument(BackEndDocument.Of(_balancer.ListBackEnds().Where(filter))), ToolJson.Plain.BackEndsDocument);

    private Task AnswerFaultsAsync(HttpContext context, IEnumerable<IPEndPoint> listeners) => WriteAsync(
        context, new FaultsDocument([.. listeners.Select(listener => ListenerFaultsDocument.Of(_balancer, listener))]),
        ToolJson.Plain.FaultsDocument);

    private static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, T example)
        where T : class
    {
        byte[] body = new byte[MostBodyBytes + 1];
        int length = await context.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, context.RequestAborted);
        if (length > MostBodyBytes)
            throw new ControlException(StatusCodes.Status413PayloadTooLarge, TooLarge);
        string where = "It is null";
        try
        {
            if (JsonSerializer.Deserialize(body.AsSpan(0, length), type) is { } request)
                return request;
        }
        catch (JsonException e)
        {
            // Its message names types of this program.
            where = e.Path is { Length: > 2 } path ? $"See {path[2..]}" : $"See byte {e.BytePositionInLine ?? 0} of line {(e.LineNumber ?? 0) + 1}";
        }

        throw Malformed($"The body is not a valid request. {where}. Send for example {JsonSerializer.Serialize(example, type)}");
    }

    private static IPEndPoint ParseAddress(string name, string? text) => text is null
        ? throw Malformed($"{name} is missing. Send an address and a port, for example 198.51.100.1:80 or [2001:db8:100::1]:80.")
        : ListenAddress.TryParse(text, out IPEndPoint? address)
            ? address
            : throw Malformed($"{name}: '{text}' is not an address and a port. Use for example 198.51.100.1:80 or [2001:db8:100::1]:80.");

    private static ControlException Malformed(string problem) => new(StatusCodes.Status400BadRequest, problem);

    private static Task RefuseAsync(HttpContext context, int status, string problem)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, new ErrorDocument(problem), ToolJson.Plain.ErrorDocument);
    }

    private static async Task WriteAsync<T>(HttpContext context, T document, JsonTypeInfo<T> type)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        try
        {
            await JsonSerializer.SerializeAsync(context.Response.Body, document, type, context.RequestAborted);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client is gone.
        }
    }
}
