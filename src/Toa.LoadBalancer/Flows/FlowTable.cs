using System.Collections.Generic;

namespace Toa.LoadBalancing.Flows;

/// <summary>The flows of a shard: indexed by both keys, and listed in the order of their expiry.</summary>
internal sealed class FlowTable
{
    private readonly Dictionary<FlowKey, Flow> _byKey = [];
    private readonly List<Flow?> _slots = [];
    private readonly Stack<int> _freeSlots = new();
    private readonly Stack<Flow> _pool = new();
    private readonly FlowList _opening;
    private readonly FlowList _open;
    private readonly FlowList _closing;
    private readonly FlowList _closed;

    public FlowTable(FlowOptions options)
    {
        _opening = new FlowList(options.HandshakeTimeout);
        _open = new FlowList(options.IdleTimeout);
        _closing = new FlowList(options.ClosingTimeout);
        _closed = new FlowList(options.ClosedTimeout);
    }

    public int Count { get; private set; }

    /// <summary>The number of slots for <see cref="At"/>.</summary>
    public int SlotCount => _slots.Count;

    public Flow? At(int slot) => _slots[slot];

    public Flow? Find(in FlowKey key) => _byKey.GetValueOrDefault(key);

    /// <summary>Returns a free flow object. The caller opens it and adds it.</summary>
    public Flow Rent() => _pool.TryPop(out Flow? flow) ? flow : new Flow();

    public void Add(Flow flow)
    {
        _byKey.Add(flow.ClientKey, flow);
        _byKey.Add(flow.ServerKey, flow);
        ListFor(flow.State).Add(flow);
        Count++;

        if (_freeSlots.TryPop(out int slot))
        {
            _slots[slot] = flow;
        }
        else
        {
            slot = _slots.Count;
            _slots.Add(flow);
        }

        flow.Slot = slot;
    }

    /// <summary>Call it after each packet: the flow becomes the last to expire in its state.</summary>
    public void Touch(Flow flow, long now)
    {
        flow.LastPacketAt = now;
        flow.List!.Remove(flow);
        ListFor(flow.State).Add(flow);
    }

    public void Remove(Flow flow)
    {
        _byKey.Remove(flow.ClientKey);
        _byKey.Remove(flow.ServerKey);
        flow.List!.Remove(flow);
        _slots[flow.Slot] = null;
        _freeSlots.Push(flow.Slot);
        _pool.Push(flow);
        Count--;
    }

    /// <summary>A flow that has timed out, or null.</summary>
    public Flow? FindExpired(long now) =>
        Expired(_closed, now) ?? Expired(_closing, now) ?? Expired(_opening, now) ?? Expired(_open, now);

    /// <summary>
    /// The flow to remove when there are too many flows: a closed one first. With <paramref name="evenInUse"/>, next one whose
    /// handshake is not complete (as in a SYN flood), then one that is closing, then an open one. The longest idle first.
    /// </summary>
    public Flow? FindLeastNeeded(bool evenInUse)
    {
        Flow? over = _closed.Oldest;
        return over is null && evenInUse ? _opening.Oldest ?? _closing.Oldest ?? _open.Oldest : over;
    }

    private static Flow? Expired(FlowList list, long now) =>
        list.Oldest is { } oldest && now - oldest.LastPacketAt >= list.Timeout ? oldest : null;

    private FlowList ListFor(FlowState state) => state switch
    {
        FlowState.Opening => _opening,
        FlowState.Closing => _closing,
        FlowState.Closed => _closed,
        _ => _open,
    };
}
