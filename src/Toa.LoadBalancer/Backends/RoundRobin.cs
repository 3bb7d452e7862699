using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Backends;

/// <summary>
/// Smooth weighted round robin: the turns of a back end with a high weight are spread among the others, so that it does
/// not get its share in one burst.
/// </summary>
internal sealed class RoundRobin(BackEnd[] backEnds) : BackEndScheduler(backEnds)
{
    protected override BackEnd? Choose(in TransportAddress client, int shard, long now)
    {
        BackEnd? chosen = null;
        long sum = 0;
        foreach (BackEnd backEnd in BackEnds)
        {
            if (!backEnd.CanTakeFlow(shard, now))
                continue;
            sum += backEnd.Weight;
            backEnd.Credit += backEnd.Weight;
            if (chosen is null || backEnd.Credit > chosen.Credit)
                chosen = backEnd;
        }

        if (chosen is not null)
            chosen.Credit -= sum;
        return chosen;
    }
}
