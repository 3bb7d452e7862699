using System;

namespace Toa.LoadBalancing.Flows;

/// <summary>
/// Flows with the same timeout, the longest idle first: the next one to expire is always at the head, and a packet moves its
/// flow to the end in constant time.
/// </summary>
internal sealed class FlowList
{
    private Flow? _newest;

    public FlowList(TimeSpan timeout) => Timeout = (long)timeout.TotalMilliseconds;

    /// <summary>In milliseconds.</summary>
    public long Timeout { get; }

    public Flow? Oldest { get; private set; }

    public void Add(Flow flow)
    {
        flow.List = this;
        flow.Older = _newest;
        flow.Newer = null;
        if (_newest is null)
            Oldest = flow;
        else
            _newest.Newer = flow;
        _newest = flow;
    }

    public void Remove(Flow flow)
    {
        if (flow.Older is null)
            Oldest = flow.Newer;
        else
            flow.Older.Newer = flow.Newer;
        if (flow.Newer is null)
            _newest = flow.Older;
        else
            flow.Newer.Older = flow.Older;
        flow.List = null;
        flow.Older = null;
        flow.Newer = null;
    }
}
