using System;
using System.Net;

namespace Toa.LoadBalancing;

/// <summary>One row of the flow table.</summary>
public sealed record FlowEntry
{
    /// <summary>The real client.</summary>
    public required IPEndPoint Client { get; init; }

    /// <summary>The address that the client connected to.</summary>
    public required IPEndPoint VirtualAddress { get; init; }

    /// <summary>The transport peer that the server sees: an address and port of the balancer.</summary>
    public required IPEndPoint Source { get; init; }

    /// <summary>The server.</summary>
    public required IPEndPoint BackEnd { get; init; }

    /// <summary>The state of the connection.</summary>
    public required FlowState State { get; init; }

    /// <summary>The time since its SYN arrived.</summary>
    public required TimeSpan Age { get; init; }

    /// <summary>The time since its last packet arrived.</summary>
    public required TimeSpan Idle { get; init; }

    /// <summary>Packets from the client.</summary>
    public required long PacketsFromClient { get; init; }

    /// <summary>Packets from the server.</summary>
    public required long PacketsFromServer { get; init; }

    /// <summary>The number of segments that carried the TOA option.</summary>
    public required int OptionsWritten { get; init; }
}
