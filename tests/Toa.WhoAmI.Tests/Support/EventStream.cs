using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Threading.Tasks;

namespace Toa.WhoAmI.Tests.Support;

/// <summary>Listens to server-sent events.</summary>
internal sealed class EventStream : IAsyncDisposable
{
    // Only a test that hangs reaches it.
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<SseItem<string>> _events;

    private EventStream(HttpResponseMessage response, IAsyncEnumerator<SseItem<string>> events)
    {
        _response = response;
        _events = events;
    }

    public static async Task<EventStream> OpenAsync(HttpClient http)
    {
        HttpResponseMessage response = await http.GetAsync("/api/visitors", HttpCompletionOption.ResponseHeadersRead);
        return new EventStream(
            response,
            SseParser.Create(await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync()).EnumerateAsync().GetAsyncEnumerator());
    }

    /// <summary>The next event's kind, and the clients in it.</summary>
    public async Task<(string Kind, string[] Clients)> NextAsync()
    {
        if (!await _events.MoveNextAsync().AsTask().WaitAsync(Deadline))
            throw new InvalidOperationException("The stream has ended.");
        JsonElement visits = JsonElement.Parse(_events.Current.Data);
        return (_events.Current.EventType, [.. Clients(visits)]);
    }

    /// <summary>Whether the server has ended the stream. False if it has sent another event.</summary>
    public async Task<bool> HasEndedAsync() => !await _events.MoveNextAsync().AsTask().WaitAsync(Deadline);

    public async ValueTask DisposeAsync()
    {
        _response.Dispose();
        await _events.DisposeAsync();
    }

    private static IEnumerable<string> Clients(JsonElement visits)
    {
        foreach (JsonElement visit in visits.EnumerateArray())
            yield return visit.Text("client")!;
    }
}
