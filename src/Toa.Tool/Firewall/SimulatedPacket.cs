using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Toa.Tool.Machines;

namespace Toa.Tool.Firewall;

/// <summary>A connection from a balancer, as conntrack knows it.</summary>
internal sealed class SimulatedConnection
{
    public required IPAddress Balancer { get; init; }

    /// <summary>The address of this machine to which the balancer connects.</summary>
    public required IPAddress Address { get; init; }

    public required int Port { get; init; }

    /// <summary>The interface on which the balancer's packets arrive.</summary>
    public required string Interface { get; init; }

    /// <summary>The sockets that listen on this machine; null if they are not known.</summary>
    public IReadOnlyList<Listener>? Listeners { get; init; }

    /// <summary>The mark of the connection. That of a new one is 0.</summary>
    public Bits Mark { get; set; } = new(0);

    /// <summary>The new destination; null if it stays.</summary>
    public IPEndPoint? Server { get; set; }
}

/// <summary>The first packet of a connection, or the one that completes the handshake, on its way through the rules.</summary>
internal sealed class SimulatedPacket(SimulatedConnection connection, bool isSyn)
{
    public SimulatedConnection Connection => connection;

    /// <summary>Whether it is the SYN, or else the ACK that completes the handshake.</summary>
    public bool IsSyn => isSyn;

    public IPAddress Source => connection.Balancer;

    public IPAddress Destination { get; set; } = connection.Address;

    public int Port { get; set; } = connection.Port;

    public string InInterface => connection.Interface;

    public bool IsIPv6 => Source.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>The interface on which it leaves; null before it is routed.</summary>
    public string? OutInterface { get; set; }

    /// <summary>The source that a rule with MASQUERADE gives it; null before it is routed.</summary>
    public IPAddress? NewSource { get; set; }

    /// <summary>Whether the destination is an address of this machine.</summary>
    public bool IsForThisMachine { get; set; } = true;

    /// <summary>Where it is.</summary>
    public FirewallHook Hook { get; set; }

    /// <summary>Whether connection tracking has seen it.</summary>
    public bool IsPastTracking { get; set; }

    public Bits Mark { get; set; } = new(0);

    /// <summary>Whether connection tracking leaves it out; null if that is not known.</summary>
    public bool? IsUntracked { get; set; } = false;

    /// <summary>The state of its connection in the words of conntrack; null if it is not known.</summary>
    public string? State => IsUntracked switch
    {
        null => null,
        true => "untracked",
        false => !IsPastTracking ? "invalid" : IsSyn ? "new" : "established",
    };

    /// <summary>Whether it belongs to a connection of conntrack; null if that is not known.</summary>
    public bool? IsTracked => IsPastTracking ? !IsUntracked : false;

    /// <summary>Whether a socket is found for it, and whether that is a listener on all addresses; null if that is not known.</summary>
    public (bool? IsFound, bool? IsWildcard) Socket
    {
        get
        {
            if (!IsSyn || connection.Listeners is not { } listeners)
                return (null, null);
            Listener[] own = [.. listeners.Where(listener => listener.End.Port == Port && listener.Accepts(Destination))];
            return (own.Length > 0, !Array.Exists(own, listener => listener.End.Address.Unmap().Equals(Destination)));
        }
    }
}

/// <summary>A number of which some bits may not be known: a mark, flags or states.</summary>
internal readonly record struct Bits(uint Value, uint Unknown = 0)
{
    public static Bits Unset { get; } = new(0, uint.MaxValue);

    /// <summary>Either this or the other.</summary>
    public Bits Or(Bits other) => new(Value, Unknown | other.Unknown | (Value ^ other.Value));

    public Bits And(uint mask) => new(Value & mask, Unknown & mask);

    public Bits Xor(Bits other) => new(Value ^ other.Value, Unknown | other.Unknown);

    public Bits With(uint bits) => new(Value | bits, Unknown & ~bits);

    public bool? Is(uint number) => ((Value ^ number) & ~Unknown) != 0 ? false : Unknown != 0 ? null : true;

    public bool? HasAnyOf(uint bits) => (Value & bits & ~Unknown) != 0 ? true : (Unknown & bits) != 0 ? null : false;
}
