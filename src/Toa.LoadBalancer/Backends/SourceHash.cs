using System;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Backends;

/// <summary>
/// Rendezvous hashing with weights: each back end has a number for each client's address, and the highest one wins. If a back end
/// goes, only its clients get another one.
/// </summary>
internal sealed class SourceHash(BackEnd[] backEnds) : BackEndScheduler(backEnds)
{
    protected override BackEnd? Choose(in TransportAddress client, int shard, long now)
    {
        BackEnd? chosen = null;
        double most = 0;
        foreach (BackEnd backEnd in BackEnds)
        {
            if (!backEnd.CanTakeFlow(shard, now))
                continue;
            double score = backEnd.Weight / -Math.Log(Share(client.Address, backEnd.Address));
            if (chosen is null || score > most)
                (chosen, most) = (backEnd, score);
        }

        return chosen;
    }

    /// <summary>A number between 0 and 1, the same in each run.</summary>
    private static double Share(UInt128 client, in TransportAddress backEnd)
    {
        ulong hash = 0;
        foreach (ulong part in (ReadOnlySpan<ulong>)
            [(ulong)(client >> 64), (ulong)client, (ulong)(backEnd.Address >> 64), (ulong)backEnd.Address, backEnd.Port])
        {
            hash = Mix(hash ^ part);
        }

        return ((hash >> 11) + 0.5) / (1UL << 53);
    }

    // The finalizer of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators).
    private static ulong Mix(ulong value)
    {
        value += 0x9e3779b97f4a7c15;
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
