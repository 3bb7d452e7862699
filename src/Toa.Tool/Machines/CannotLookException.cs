using System;

namespace Toa.Tool.Machines;

/// <summary>Something cannot be looked at.</summary>
/// <param name="what">What, and why not.</param>
/// <param name="cure">The privilege that is missing, or what else to do.</param>
internal sealed class CannotLookException(string what, string cure) : Exception($"{what} {cure}")
{
    public string What => what;

    public string Cure => cure;
}
