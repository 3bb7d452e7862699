using System;

namespace Toa.LoadBalancing.Faults;

/// <summary>Decides by chance which faults to inject.</summary>
internal sealed class FaultDice(int? seed)
{
    private readonly Random _random = seed is int number ? new Random(number) : new Random();

    /// <summary>Whether a fault of this share, in percent, is due.</summary>
    public bool Roll(double share) => share > 0 && _random.NextDouble() * 100 < share;

    /// <summary>A random part of a number.</summary>
    public long PartOf(long most) => most > 0 ? _random.NextInt64(most + 1) : 0;
}
