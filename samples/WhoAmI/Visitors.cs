using System;
using System.Collections.Generic;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;

namespace WhoAmI;

/// <summary>Who came lately, and those who want to be told of the next ones. Any number of them cost a bounded memory each.</summary>
internal sealed class Visitors
{
    public const int Kept = 50;

    /// <summary>A listener that is slower than so many visitors misses the oldest of them.</summary>
    public const int QueueLength = 20;

    // Balancers forget connections that are silent for long, some after a minute, and tell neither side.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private readonly LinkedList<Visit> _recent = [];
    private readonly HashSet<ChannelWriter<Visit>> _listeners = [];

    /// <summary>The latest visitors, the last one first.</summary>
    public Visit[] Recent
    {
        get
        {
            lock (_gate)
                return [.. _recent];
        }
    }

    /// <summary>How many are listening.</summary>
    public int Listeners
    {
        get
        {
            lock (_gate)
                return _listeners.Count;
        }
    }

    /// <summary>Keeps a visitor and tells the listeners. One that comes again over the same connection is kept once.</summary>
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
    /// An event <c>recent</c> with the latest visitors, and then an event <c>visit</c> with each next one, or with none where
    /// nobody came for a while. Ends when the listener leaves.
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

    /// <summary>At once, so that no visitor is missed or told twice.</summary>
    private Visit[] Join(ChannelWriter<Visit> listener)
    {
        lock (_gate)
        {
            _listeners.Add(listener);
            return [.. _recent];
        }
    }

    /// <summary>The next visitor, nobody after a long silence, or null when the listener has left.</summary>
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
