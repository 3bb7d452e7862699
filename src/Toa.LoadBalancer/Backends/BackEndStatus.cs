using System.Net;

namespace Toa.LoadBalancing;

/// <summary>The current state of a listener's back end.</summary>
public sealed record BackEndStatus
{
    /// <summary>The listener's address.</summary>
    public required IPEndPoint VirtualAddress { get; init; }

    /// <summary>The server.</summary>
    public required IPEndPoint Address { get; init; }

    /// <summary>Its share of the new connections, relative to the other weights.</summary>
    public required int Weight { get; init; }

    /// <summary>The connections that are not closed.</summary>
    public required int OpenConnections { get; init; }

    /// <summary>Whether it gets new connections.</summary>
    public required bool IsUp { get; init; }
}
