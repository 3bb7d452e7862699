using System.Net;

namespace Toa.LoadBalancing;

/// <summary>A back end of a listener, as it is now.</summary>
public sealed record BackEndStatus
{
    /// <summary>The listener's address.</summary>
    public required IPEndPoint VirtualAddress { get; init; }

    /// <summary>The server.</summary>
    public required IPEndPoint Address { get; init; }

    /// <summary>Its share of the connections.</summary>
    public required int Weight { get; init; }

    /// <summary>Whether it gets new connections.</summary>
    public required bool IsUp { get; init; }
}
