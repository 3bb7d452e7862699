using System;

namespace Toa.LoadBalancing.Backends;

/// <summary>
/// Smooth weighted round robin: the turns of a back end with a high weight are spread among the others, so that it does
/// not get its share in one burst.
/// </summary>
internal sealed class BackEndRotation
{
    private readonly BackEnd[] _backEnds;

    public BackEndRotation(BackEnd[] backEnds) => _backEnds = backEnds;

    public ReadOnlySpan<BackEnd> BackEnds => _backEnds;

    /// <summary>Whether at least one back end gets new flows.</summary>
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

    /// <summary>The next back end that gets new flows and has a free source port, or null if no back end qualifies.</summary>
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
