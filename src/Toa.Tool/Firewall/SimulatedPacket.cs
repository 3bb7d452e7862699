using System.Net;
using System.Net.Sockets;

namespace Toa.Tool.Firewall;

/// <summary>The first packet of a connection from a balancer, or the one that completes the handshake, on its way through the rules.</summary>
internal sealed class SimulatedPacket
{
    public required IPAddress Source { get; init; }

    public required IPAddress Destination { get; set; }

    public required int Port { get; set; }

    public required string InInterface { get; init; }

    /// <summary>Whether it is the SYN, or else the ACK that completes the handshake.</summary>
    public required bool IsSyn { get; init; }

    public bool IsIPv6 => Source.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>The interface on which it leaves; null before it is routed.</summary>
    public string? OutInterface { get; set; }

    /// <summary>Whether the destination is an address of this machine.</summary>
    public bool IsForThisMachine { get; set; } = true;

    public uint Mark { get; set; }

    /// <summary>Whether connection tracking leaves it out.</summary>
    public bool IsUntracked { get; set; }

    /// <summary>The state of its connection in the words of conntrack.</summary>
    public string State => IsUntracked ? "untracked" : IsSyn ? "new" : "established";
}
