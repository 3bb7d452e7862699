using System;
using System.Threading;

namespace Toa.LoadBalancing.Faults;

/// <summary>Decides by chance which faults to inject. Any thread may ask.</summary>
internal sealed class FaultDice(int? seed)
{
    private readonly Random _random = seed is int number ? new Random(number) : new Random();
    private readonly Lock _gate = new();

    /// <summary>Whether a fault of this share, in percent, is due.</summary>
    public bool Roll(double share)
    {
        if (share <= 0)
            return false;
        lock (_gate)
            return _random.NextDouble() * 100 < share;
    }

    /// <summary>A random part of a number.</summary>
    public long PartOf(long most)
    {
        if (most <= 0)
            return 0;
        lock (_gate)
            return _random.NextInt64(most + 1);
    }
}
