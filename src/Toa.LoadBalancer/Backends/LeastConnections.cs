using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Backends;

/// <summary>The back end that has the fewest open flows for its weight after it gets this one. Of several, the first.</summary>
internal sealed class LeastConnections(BackEnd[] backEnds) : BackEndScheduler(backEnds)
{
    protected override BackEnd? Choose(in TransportAddress client, int shard, long now)
    {
        BackEnd? chosen = null;
        foreach (BackEnd backEnd in BackEnds)
        {
            if (backEnd.CanTakeFlow(shard, now) && (chosen is null || HasFewer(backEnd, chosen)))
                chosen = backEnd;
        }

        return chosen;
    }

    private static bool HasFewer(BackEnd one, BackEnd other) =>
        (one.OpenFlows + 1L) * other.Weight < (other.OpenFlows + 1L) * one.Weight;
}
