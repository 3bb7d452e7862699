using System;

namespace Toa.LoadBalancing.Backends;

/// <summary>
/// Weighted round robin that spreads the turns of a heavy back end among those of the light ones, so that none gets its
/// share in one burst.
/// </summary>
internal sealed class BackEndRotation
{
    private readonly BackEnd[] _backEnds;

    public BackEndRotation(BackEnd[] backEnds) => _backEnds = backEnds;

    public ReadOnlySpan<BackEnd> BackEnds => _backEnds;

    /// <summary>Whether there is any that gets new flows.</summary>
    public bool IsAnyUp
    {
        get
        {
            foreach (BackEnd backEnd in _backEnds)
            {
                if (backEnd.TakesFlows)
                    return true;
            }

            return false;
        }
    }

    /// <summary>The next in turn of those that are up and have a source port left, or null if there is none.</summary>
    public BackEnd? Next(long now)
    {
        BackEnd? chosen = null;
        int sum = 0;
        foreach (BackEnd backEnd in _backEnds)
        {
            if (!backEnd.TakesFlows || !backEnd.Ports.HasAny(now))
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
