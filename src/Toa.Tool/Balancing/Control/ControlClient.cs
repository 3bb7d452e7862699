using System;
using System.IO;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Language;
using Toa.Tool.Output;

namespace Toa.Tool.Balancing.Control;

/// <summary>Sends requests to a running balancer.</summary>
/// <param name="path">The control socket.</param>
internal sealed class ControlClient(string path) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, stop) => new NetworkStream(await ConnectAsync(path, stop), ownsSocket: true),
        UseProxy = false,
    })
    {
        BaseAddress = new Uri("http://localhost"), // only for the header Host
    };

    public Task<FlowsDocument> ListFlowsAsync(int limit, CancellationToken stop) =>
        SendAsync(HttpMethod.Get, $"/flows?limit={limit}", null, ToolJson.Plain.FlowsDocument, stop);

    public Task<BackEndsDocument> ListBackEndsAsync(CancellationToken stop) =>
        SendAsync(HttpMethod.Get, "/backends", null, ToolJson.Plain.BackEndsDocument, stop);

    public Task<FaultsDocument> ListFaultsAsync(CancellationToken stop) =>
        SendAsync(HttpMethod.Get, "/faults", null, ToolJson.Plain.FaultsDocument, stop);

    public Task<FaultsDocument> SetFaultsAsync(ListenerFaultsDocument faults, CancellationToken stop) => SendAsync(
        HttpMethod.Put, "/faults", Json(faults, ToolJson.Plain.ListenerFaultsDocument), ToolJson.Plain.FaultsDocument, stop);

    public Task<BackEndsDocument> SetWeightAsync(WeightRequest weight, CancellationToken stop) => SendAsync(
        HttpMethod.Put, "/weight", Json(weight, ToolJson.Plain.WeightRequest), ToolJson.Plain.BackEndsDocument, stop);

    public Task<BackEndsDocument> DrainAsync(DrainRequest backEnd, CancellationToken stop) => SendAsync(
        HttpMethod.Post, "/drain", Json(backEnd, ToolJson.Plain.DrainRequest), ToolJson.Plain.BackEndsDocument, stop);

    public void Dispose() => _http.Dispose();

    private static async Task<Socket> ConnectAsync(string path, CancellationToken stop)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), stop);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static ByteArrayContent Json<T>(T document, JsonTypeInfo<T> type) => new(JsonSerializer.SerializeToUtf8Bytes(document, type))
    {
        Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
    };

    /// <exception cref="ToolException">The balancer does not answer, or refuses the request; the message says what to do.</exception>
    private async Task<T> SendAsync<T>(HttpMethod method, string target, HttpContent? content, JsonTypeInfo<T> type, CancellationToken stop)
        where T : class
    {
        try
        {
            using HttpRequestMessage request = new(method, target) { Content = content };
            using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            await using Stream body = await response.Content.ReadAsStreamAsync(stop);
            if (response.IsSuccessStatusCode)
                return await JsonSerializer.DeserializeAsync(body, type, stop) ?? throw new JsonException();
            ErrorDocument? refusal = await JsonSerializer.DeserializeAsync(body, ToolJson.Plain.ErrorDocument, stop);
            throw new ToolException($"{refusal?.Error ?? throw new JsonException()}");
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException cause)
        {
            throw new ToolException(Explain(cause), e);
        }
        catch (Exception e) when (e is JsonException || e is HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse })
        {
            throw new ToolException($"{path} is not the control socket of a balancer: its answer is not valid. Name that of toa lb.", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new ToolException($"the balancer at {path} ended before it answered. Start it again: toa lb.", e);
        }
        catch (TaskCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new ToolException($"the balancer at {path} did not answer within {_http.Timeout.TotalSeconds} s. Try again.", e);
        }
    }

    private Message Explain(SocketException cause) => cause.SocketErrorCode switch
    {
        SocketError.AccessDenied => $"this user may not use the control socket {path}. Use the user of the balancer, or root.",
        SocketError.ConnectionRefused or SocketError.AddressNotAvailable =>
            $"no balancer is running at {path}. Start one: toa lb --control {path}.",
        _ => $"cannot connect to {path}: {cause.Message}. Name the control socket of a balancer that runs: --control PATH.",
    };
}
