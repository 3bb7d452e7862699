using System;
using System.Collections.Generic;
using Toa.Tool.Language;

namespace Toa.Tool.Firewall;

/// <summary>A rule of iptables or nftables.</summary>
/// <param name="Text">The rule as the user finds it.</param>
/// <param name="Steps">Its matches and statements in their order.</param>
internal sealed record FirewallRule(Message Text, IReadOnlyList<Func<SimulatedPacket, Verdict>> Steps);

/// <summary>A chain of rules.</summary>
/// <param name="Table">The table, which chains of the same name do not share.</param>
/// <param name="Name">The name in the table.</param>
internal sealed record FirewallChain(FirewallTable Table, string Name)
{
    /// <summary>The order of connection tracking and of the translation of destinations: linux/netfilter_ipv4.h.</summary>
    public const int Tracking = -200, Translation = -100;

    /// <summary>Before all other orders: packets as they arrive on an interface.</summary>
    public const int Ingress = -1_000_000_000;

    public List<FirewallRule> Rules { get; } = [];

    /// <summary>The place in the kernel that calls the chain; null for chains that other chains call.</summary>
    public FirewallHook? Hook { get; init; }

    /// <summary>Chains of a hook with a lower number are called first.</summary>
    public int Priority { get; init; }

    /// <summary>The interfaces of which it sees the packets; empty for all, and null if they are not known.</summary>
    public IReadOnlyList<string>? Interfaces { get; init; } = [];

    /// <summary>The priority with which the kernel calls it: chains that translate addresses share one call.</summary>
    public int Order => !IsNat ? Priority : Hook == FirewallHook.Prerouting ? Translation : -Translation;

    /// <summary>Whether it translates addresses.</summary>
    public bool IsNat { get; init; }

    /// <summary>Whether packets are dropped that no rule accepts.</summary>
    public bool DropsByDefault { get; init; }
}

/// <summary>A table with its chains.</summary>
/// <param name="Name">The name that tells it from other tables.</param>
/// <param name="HasIPv4">Whether it sees IPv4 packets.</param>
/// <param name="HasIPv6">Whether it sees IPv6 packets.</param>
internal sealed record FirewallTable(string Name, bool HasIPv4, bool HasIPv6)
{
    public Dictionary<string, FirewallChain> Chains { get; } = [];
}

/// <summary>The places in the kernel that call chains.</summary>
internal enum FirewallHook
{
    Prerouting,

    Input,

    Forward,

    Postrouting,
}
