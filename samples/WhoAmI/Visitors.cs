using System;
using System.Collections.Generic;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;

namespace WhoAmI;

/// <summary>The latest visitors, and the listeners that get the next ones. Each listener uses a bounded amount of memory.</summary>
internal sealed class Visitors
{
    public const int Kept = 50;

    /// <summary>A listener that is more than this number of visitors behind misses the oldest of them.</summary>
    public const int QueueLength = 20;

    // Balancers drop connections that are silent for long, some after a minute, and notify neither side.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private readonly LinkedList<Visit> _recent = [];
    private readonly HashSet<ChannelWriter<Visit>> _listeners = [];

    /// <summary>The latest visitors, newest first.</summary>
    public Visit[] Recent
    {
        get
        {
            lock (_gate)
                return [.. _recent];
        }
    }

    /// <summary>The number of listeners.</summary>
    public int Listeners
    {
        get
        {
            lock (_gate)
                return _listeners.Count;
        }
    }

    /// <summary>Keeps a visitor and notifies the listeners. A visitor that returns over the same connection is kept once.</summary>
    public void Add(Visit visit)
    {
        lock (_gate)
        {
            Forget(visit.Client);
            _recent.AddFirst(visit);
            if (_recent.Count > Kept)
                _recent.RemoveLast();
            foreach (ChannelWriter<Visit> listener in _listeners)
                listener.TryWrite(visit);
        }
    }

    /// <summary>
    /// Returns an event <c>recent</c> with the latest visitors, then an event <c>visit</c> for each next one, or an empty one if
    /// no visitor came for a while. Ends when the listener disconnects.
    /// </summary>
    public async IAsyncEnumerable<SseItem<Visit[]>> ListenAsync([EnumeratorCancellation] CancellationToken left)
    {
        Channel<Visit> queue = Channel.CreateBounded<Visit>(
            new BoundedChannelOptions(QueueLength) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        try
        {
            yield return new SseItem<Visit[]>(Join(queue.Writer), "recent");
            while (await NextAsync(queue.Reader, left) is { } visits)
                yield return new SseItem<Visit[]>(visits, "visit");
        }
        finally
        {
            lock (_gate)
                _listeners.Remove(queue.Writer);
        }
    }

    /// <summary>Adds a listener and reads the latest visitors under one lock, so that no visitor is missed or sent twice.</summary>
    private Visit[] Join(ChannelWriter<Visit> listener)
    {
        lock (_gate)
        {
            _listeners.Add(listener);
            return [.. _recent];
        }
    }

    /// <summary>The next visitor, an empty array after a long silence, or null when the listener has disconnected.</summary>
    private static async Task<Visit[]?> NextAsync(ChannelReader<Visit> queue, CancellationToken left)
    {
        using CancellationTokenSource silence = CancellationTokenSource.CreateLinkedTokenSource(left);
        silence.CancelAfter(LongestSilence);
        try
        {
            return [await queue.ReadAsync(silence.Token)];
        }
        catch (OperationCanceledException)
        {
            return left.IsCancellationRequested ? null : [];
        }
    }

    private void Forget(string client)
    {
        for (LinkedListNode<Visit>? node = _recent.First; node is not null; node = node.Next)
        {
            if (node.Value.Client != client)
                continue;
            _recent.Remove(node);
            return;
        }
    }
}
