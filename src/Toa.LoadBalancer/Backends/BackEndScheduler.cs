using System;
using System.Threading;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Backends;

/// <summary>Selects back ends for new flows.</summary>
internal abstract class BackEndScheduler(BackEnd[] backEnds)
{
    private readonly Lock _gate = new();

    public ReadOnlySpan<BackEnd> BackEnds => backEnds;

    /// <summary>Whether at least one back end gets new flows.</summary>
    public bool IsAnyUp
    {
        get
        {
            foreach (BackEnd backEnd in backEnds)
            {
                if (backEnd.TakesFlows)
                    return true;
            }

            return false;
        }
    }

    public static BackEndScheduler Create(BackEndScheduling scheduling, BackEnd[] backEnds) => scheduling switch
    {
        BackEndScheduling.LeastConnections => new LeastConnections(backEnds),
        BackEndScheduling.SourceHash => new SourceHash(backEnds),
        _ => new RoundRobin(backEnds),
    };

    /// <summary>
    /// The back end for a client's new flow, which is counted there: one that gets new flows and has a free source port, or null if
    /// no back end qualifies.
    /// </summary>
    public BackEnd? Next(in TransportAddress client, int shard, long now)
    {
        // Otherwise two shards could give the same turn, or the same last place, to two flows.
        lock (_gate)
        {
            BackEnd? chosen = Choose(client, shard, now);
            chosen?.AddFlow();
            return chosen;
        }
    }

    protected abstract BackEnd? Choose(in TransportAddress client, int shard, long now);
}
