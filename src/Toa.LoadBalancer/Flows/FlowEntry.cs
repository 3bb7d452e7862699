using System;
using System.Net;

namespace Toa.LoadBalancing;

/// <summary>One line of the table of flows.</summary>
public sealed record FlowEntry
{
    /// <summary>The real client.</summary>
    public required IPEndPoint Client { get; init; }

    /// <summary>Where the client connected to.</summary>
    public required IPEndPoint VirtualAddress { get; init; }

    /// <summary>What the server sees as its peer: an address and port of the balancer's.</summary>
    public required IPEndPoint Source { get; init; }

    /// <summary>The server.</summary>
    public required IPEndPoint BackEnd { get; init; }

    /// <summary>How far the connection is.</summary>
    public required FlowState State { get; init; }

    /// <summary>How long ago its SYN came.</summary>
    public required TimeSpan Age { get; init; }

    /// <summary>How long ago its last packet came.</summary>
    public required TimeSpan Idle { get; init; }

    /// <summary>Packets that came from the client.</summary>
    public required long PacketsFromClient { get; init; }

    /// <summary>Packets that came from the server.</summary>
    public required long PacketsFromServer { get; init; }

    /// <summary>How many segments carried the option.</summary>
    public required int OptionsWritten { get; init; }
}
