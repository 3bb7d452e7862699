using System.Collections.Generic;
using System.Threading;

namespace Toa.LoadBalancing.Flows;

/// <summary>The maximum number of flows of all shards together.</summary>
internal sealed class FlowLimit(int most)
{
    private readonly List<(Lock Gate, FlowOpener Opener)> _shards = [];
    private int _count;

    /// <summary>Adds a shard whose flows can be removed to make room. Not thread-safe.</summary>
    /// <param name="gate">Held by each thread that uses the shard.</param>
    /// <param name="opener">Removes its flows.</param>
    public void AddShard(Lock gate, FlowOpener opener) => _shards.Add((gate, opener));

    public bool TryTakePlace()
    {
        if (Interlocked.Increment(ref _count) <= most)
            return true;
        GiveBackPlace();
        return false;
    }

    public void GiveBackPlace() => Interlocked.Decrement(ref _count);

    /// <summary>
    /// Removes the flow that is needed least (<see cref="FlowTable.FindLeastNeeded"/>). It does not wait for a shard that another thread
    /// uses: that could use a flow of the caller's shard in the same way, and both would wait for each other.
    /// </summary>
    /// <returns>False if there is no flow to remove.</returns>
    public bool TryMakeRoom(bool evenInUse, long now)
    {
        (Lock? Gate, FlowOpener? Opener, Flow? Flow) least = default;
        foreach ((Lock gate, FlowOpener opener) in _shards)
        {
            if (!gate.TryEnter())
                continue;
            if (opener.FindLeastNeeded(evenInUse) is not { } flow || (least.Flow is not null && !IsNeededLess(flow, least.Flow)))
            {
                gate.Exit();
                continue;
            }

            least.Gate?.Exit();
            least = (gate, opener, flow);
        }

        if (least.Flow is null)
            return false;
        try
        {
            least.Opener!.Evict(least.Flow, now);
            return true;
        }
        finally
        {
            // Its resets cannot be sent if the interface goes down.
            least.Gate!.Exit();
        }
    }

    private static bool IsNeededLess(Flow flow, Flow other)
    {
        (int one, int two) = (Rank(flow), Rank(other));
        return one != two ? one < two : flow.LastPacketAt < other.LastPacketAt;
    }

    // In the order of FlowTable.FindLeastNeeded.
    private static int Rank(Flow flow) => flow.State switch
    {
        FlowState.Closed => 0,
        FlowState.Opening => 1,
        FlowState.Closing => 2,
        _ => 3,
    };
}
