using Toa.LoadBalancing.Packets;
using Toa.LoadBalancing.Translation;

namespace Toa.LoadBalancing.Flows;

/// <summary>Adds flows to the table, and removes them.</summary>
internal sealed class FlowOpener
{
    // The limit of one call: if a hundred thousand flows expire at once, packets must not wait for all of them.
    private const int MostExpiredAtOnce = 2000;

    private readonly FlowTable _table;
    private readonly FlowLimit _limit;
    private readonly int _shard;
    private readonly FlowTableFullPolicy _whenFull;
    private readonly bool _isCaptured;
    private readonly Outlet _outlet;
    private readonly CounterSet _counters;

    public FlowOpener(
        FlowTable table,
        FlowLimit limit,
        int shard,
        FlowTableFullPolicy whenFull,
        bool isCaptured,
        Outlet outlet,
        CounterSet counters)
    {
        _table = table;
        _limit = limit;
        _shard = shard;
        _whenFull = whenFull;
        _isCaptured = isCaptured;
        _outlet = outlet;
        _counters = counters;
    }

    /// <summary>Opens a flow for a client's SYN, or returns the reason why not.</summary>
    public bool TryOpen(Listener listener, in TransportAddress client, long now, out Flow flow, out FlowRefusal refusal)
    {
        flow = null!;
        refusal = FlowRefusal.NoBackEnd;
        if (!listener.Scheduler.IsAnyUp)
            return Refuse(refusal);

        refusal = FlowRefusal.TableFull;
        while (!_limit.TryTakePlace())
        {
            if (!_limit.TryMakeRoom(evenInUse: _whenFull == FlowTableFullPolicy.EvictOldest, now))
                return Refuse(refusal);
        }

        refusal = FlowRefusal.NoPort;
        if (listener.Scheduler.Next(client, _shard, now) is not { } backEnd
            || !backEnd.PortsOf(_shard).TryTake(now, out TransportAddress source))
        {
            _limit.GiveBackPlace();
            return Refuse(refusal);
        }

        flow = _table.Rent();
        flow.Open(listener, backEnd, client, source, _isCaptured, now);
        _table.Add(flow);
        _counters.FlowsOpened++;
        _counters.FlowsOpen = _table.Count;
        return true;
    }

    /// <summary>Removes a flow whose connection is over.</summary>
    public void Close(Flow flow, long now)
    {
        _counters.FlowsClosed++;
        Remove(flow, now);
    }

    /// <summary>Removes a flow, and resets its connection at both ends.</summary>
    public void Reset(Flow flow, long now)
    {
        _counters.FlowsClosed++;
        SendResets(flow);
        Remove(flow, now);
    }

    /// <summary>Removes the flows that have timed out.</summary>
    public void Expire(long now)
    {
        for (int i = 0; i < MostExpiredAtOnce && _table.FindExpired(now) is { } flow; i++)
        {
            if (flow.State == FlowState.Closed)
            {
                Close(flow, now);
                continue;
            }

            _counters.FlowsExpired++;
            SendResets(flow);
            Remove(flow, now);
        }
    }

    /// <summary>See <see cref="FlowTable.FindLeastNeeded"/>.</summary>
    public Flow? FindLeastNeeded(bool evenInUse) => _table.FindLeastNeeded(evenInUse);

    /// <summary>Removes a flow to make room for another.</summary>
    public void Evict(Flow flow, long now)
    {
        if (flow.State == FlowState.Closed)
        {
            Close(flow, now);
            return;
        }

        _counters.FlowsEvicted++;
        SendResets(flow);
        Remove(flow, now);
    }

    private bool Refuse(FlowRefusal refusal)
    {
        _counters.Refused[(int)refusal]++;
        return false;
    }

    /// <summary>
    /// Sends a reset to both ends. Otherwise they would wait for each other, and the next client with this source port would
    /// get the server's segments of this connection.
    /// </summary>
    private void SendResets(Flow flow)
    {
        ref FlowSide client = ref flow.ClientSide;
        ref FlowSide server = ref flow.ServerSide;
        if (server.HasAcknowledged)
        {
            _counters.ResetsSent++;
            _outlet.SendToServer(ResetWriter.Write(
                _outlet.Buffer, flow.Source, flow.BackEnd.Address, server.Acknowledged, server.Next), flow);
        }

        if (client.HasAcknowledged)
        {
            _counters.ResetsSent++;
            _outlet.SendToClient(ResetWriter.Write(
                _outlet.Buffer, flow.Listener.VirtualAddress, flow.Client, client.Acknowledged, client.Next), flow);
        }
    }

    private void Remove(Flow flow, long now)
    {
        _table.Remove(flow);
        _limit.GiveBackPlace();
        flow.State = FlowState.Closed;
        flow.BackEnd.PortsOf(_shard).GiveBack(flow.Source, now);
        _counters.FlowsOpen = _table.Count;
    }
}
