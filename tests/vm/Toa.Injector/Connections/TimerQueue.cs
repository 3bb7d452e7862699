using System.Collections.Generic;

namespace Toa.Injector.Connections;

/// <summary>
/// When which connection wants to be looked at. One queue for all, worked off by the reader thread: tens of thousands
/// of held connections must not cost a timer each.
/// </summary>
internal sealed class TimerQueue
{
    private readonly PriorityQueue<InjectedConnection, long> _queue = new();

    internal void Add(InjectedConnection connection, long due)
    {
        lock (_queue)
            _queue.Enqueue(connection, due);
    }

    /// <summary>Takes one connection whose time has come.</summary>
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
