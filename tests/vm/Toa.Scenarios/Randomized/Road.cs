namespace Toa.Scenarios.Randomized;

/// <summary>The path of a client to a listener.</summary>
internal enum Road
{
    /// <summary>IPv4 to 0.0.0.0.</summary>
    IPv4,

    /// <summary>IPv4 to [::].</summary>
    IPv4OnDualMode,

    /// <summary>IPv6 to [::].</summary>
    IPv6,
}
