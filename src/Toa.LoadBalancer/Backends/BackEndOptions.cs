using System.Net;

namespace Toa.LoadBalancing;

/// <summary>A server behind a listener.</summary>
public sealed class BackEndOptions
{
    /// <summary>Its IPv4 address and port.</summary>
    public required IPEndPoint Address { get; set; }

    /// <summary>
    /// How many connections it gets in proportion to the others; none if it is 0, while those that it has go on. Defaults
    /// to 1.
    /// </summary>
    public int Weight { get; set; } = 1;
}
