using System;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;

namespace Toa.Tool.Live;

/// <summary>
/// Shows events in a task of its own. A terminal that is stopped, or a slow reader of a pipe, does not hold up the command: the
/// oldest events that wait are left out.
/// </summary>
internal sealed class LiveOutput
{
    private const int MostWaiting = 1000;

    private readonly Channel<LiveEvent> _events;
    private long _lost;

    public LiveOutput() => _events = Channel.CreateBounded<LiveEvent>(
        new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
        _ => Interlocked.Increment(ref _lost));

    /// <summary>How long the end of the command waits for the reader of the output.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The number of events that were left out.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Adds an event, and does not wait.</summary>
    public void Tell(LiveEvent happened) => _events.Writer.TryWrite(happened);

    /// <summary>Shows events while a function reports them.</summary>
    /// <param name="show">Shows events until there are no more.</param>
    /// <param name="report">Reports events until it is cancelled.</param>
    /// <param name="stop">Ends it. This is not an error.</param>
    /// <exception cref="System.IO.IOException">The output cannot be written.</exception>
    public async Task RunAsync(Func<ChannelReader<LiveEvent>, Task> show, Func<CancellationToken, Task> report, CancellationToken stop)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task showing = Task.Run(() => show(_events.Reader), CancellationToken.None);
        Task reporting = report(end.Token);
        await Task.WhenAny(showing, reporting);
        await end.CancelAsync();
        try
        {
            await reporting;
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The user stopped the command, or the output cannot be written.
        }
        finally
        {
            _events.Writer.Complete();
            // If the terminal is stopped, the write does not end. The end of the process ends it.
            await Task.WhenAny(showing, Task.Delay(Patience, CancellationToken.None));
        }

        if (showing.IsCompleted)
            await showing;
    }
}
