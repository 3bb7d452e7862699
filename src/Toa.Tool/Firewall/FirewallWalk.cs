using System;
using System.Collections.Generic;
using System.Linq;

namespace Toa.Tool.Firewall;

/// <summary>
/// The way of a packet through the chains of a hook. A rule whose match is not known counts in the way that reports less: it
/// changes nothing, drops nothing, and ends the chain if it would accept or return.
/// </summary>
internal sealed class FirewallWalk(IEnumerable<FirewallChain> chains)
{
    // The kernel allows 16 levels.
    private const int MostJumps = 32;

    // Large nodes of Kubernetes have 20000 rules. Chains that call each other need not end in a lifetime.
    private const int MostSteps = 1_000_000;

    private readonly FirewallChain[] _chains = [.. chains.Where(chain => chain.Hook is not null).OrderBy(chain => chain.Priority)];

    private readonly HashSet<FirewallRule> _unsure = new(ReferenceEqualityComparer.Instance);

    private int _steps;

    private enum Outcome
    {
        /// <summary>The end of the chain: the calling chain goes on.</summary>
        Ended,

        /// <summary>No other rule of this chain of the hook sees the packet.</summary>
        Accepted,

        /// <summary>No other rule at all sees it.</summary>
        Gone,
    }

    /// <summary>The number of rules with matches that could not be evaluated.</summary>
    public int Unsure => _unsure.Count;

    /// <summary>Whether the last packets met too many rules: they did not go on.</summary>
    public bool IsExhausted => _steps > MostSteps;

    /// <summary>Begins with the packets of another connection.</summary>
    public void Begin() => _steps = 0;

    /// <summary>Sends the packet through a hook.</summary>
    /// <param name="hook">The hook.</param>
    /// <param name="packet">The packet. Marks and the state change at once; addresses do not.</param>
    /// <param name="found">Called for each rule that changes the connection.</param>
    /// <returns>Whether the packet goes on after the hook.</returns>
    public bool Pass(FirewallHook hook, SimulatedPacket packet, Action<FirewallRule, Verdict> found)
    {
        foreach (FirewallChain chain in _chains.Where(chain => chain.Hook == hook
            && (packet.IsIPv6 ? chain.Table.HasIPv6 : chain.Table.HasIPv4)))
        {
            // Only the first packet of a tracked connection meets the rules of address translation.
            if (chain.IsNat && (packet.IsUntracked || !packet.IsSyn))
                continue;
            Outcome outcome = Run(chain, packet, isSure: true, 0, found);
            if (outcome == Outcome.Gone || (outcome == Outcome.Ended && chain.DropsByDefault))
                return false;
        }

        return true;
    }

    private Outcome Run(
        FirewallChain chain, SimulatedPacket packet, bool isSure, int jumps, Action<FirewallRule, Verdict> found)
    {
        foreach (FirewallRule rule in chain.Rules)
        {
            if (++_steps > MostSteps)
                return Outcome.Gone;
            (Verdict verdict, bool isKnown) = Apply(rule, packet, isSure, found);
            switch (verdict.Kind)
            {
                case VerdictKind.Accept:
                    return Outcome.Accepted;
                case VerdictKind.Return:
                    return Outcome.Ended;
                case VerdictKind.Drop when isKnown:
                    return Outcome.Gone;
                case VerdictKind.Jump or VerdictKind.Goto
                    when jumps < MostJumps && chain.Table.Chains.TryGetValue(verdict.Chain, out FirewallChain? next):
                    Outcome outcome = Run(next, packet, isKnown, jumps + 1, found);
                    if (outcome != Outcome.Ended || (verdict.Kind == VerdictKind.Goto && isKnown))
                        return outcome;
                    break;
                case VerdictKind.ChangeSource or VerdictKind.ChangeDestination or VerdictKind.Redirect
                    or VerdictKind.TransparentProxy when isKnown:
                    found(rule, verdict);
                    return Outcome.Accepted;
                case VerdictKind.SynProxy when isKnown:
                    found(rule, verdict);
                    return Outcome.Gone;
            }
        }

        return Outcome.Ended;
    }

    private (Verdict Verdict, bool IsKnown) Apply(
        FirewallRule rule, SimulatedPacket packet, bool isSure, Action<FirewallRule, Verdict> found)
    {
        // A rule may set a mark after a match that is not known.
        uint mark = packet.Mark;
        bool isUntracked = packet.IsUntracked;
        Verdict last = Verdict.Differs;
        foreach (Func<SimulatedPacket, Verdict> step in rule.Steps)
        {
            last = step(packet);
            if (last.Kind == VerdictKind.Unknown)
            {
                isSure = false;
                _unsure.Add(rule);
            }
            else if (last.Kind == VerdictKind.StripOption && isSure)
                found(rule, last);
            else if (last.Kind is not (VerdictKind.Matches or VerdictKind.StripOption))
                break;
        }

        if (!isSure)
        {
            packet.Mark = mark;
            packet.IsUntracked = isUntracked;
        }

        return (last, isSure);
    }
}
