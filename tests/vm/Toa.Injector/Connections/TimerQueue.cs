using System.Collections.Generic;

namespace Toa.Injector.Connections;

/// <summary>
/// The times at which connections are due. The reader thread processes one queue for all connections: a timer for each of tens
/// of thousands of them would be expensive.
/// </summary>
internal sealed class TimerQueue
{
    private readonly PriorityQueue<InjectedConnection, long> _queue = new();

    internal void Add(InjectedConnection connection, long due)
    {
        lock (_queue)
            _queue.Enqueue(connection, due);
    }

    /// <summary>Takes one connection that is due.</summary>
    internal bool TryTake(long now, out InjectedConnection? connection, out long due)
    {
        lock (_queue)
        {
            if (_queue.TryPeek(out connection, out due) && due <= now)
            {
                _queue.Dequeue();
                return true;
            }
        }

        connection = null;
        return false;
    }
}
