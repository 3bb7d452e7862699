using System;
using System.Collections.Generic;
using System.Linq;

namespace Toa.Tool.Firewall;

/// <summary>
/// The way of a packet through the chains of a hook. A rule with a match that is not known counts in the way that reports less: it
/// changes nothing, drops nothing, and ends the chain if it would accept or return. A mark that it would set is not known from there on.
/// </summary>
internal sealed class FirewallWalk(IEnumerable<FirewallChain> chains)
{
    // The kernel allows 16 levels.
    private const int MostJumps = 32;

    // Large nodes of Kubernetes have 20000 rules. Chains that call each other need not end in a lifetime.
    private const int MostSteps = 1_000_000;

    private readonly FirewallChain[] _chains =
        [.. chains.Where(chain => chain.Hook is not null).OrderBy(chain => chain.Order).ThenBy(chain => chain.Priority)];

    private readonly HashSet<FirewallRule> _unsure = new(ReferenceEqualityComparer.Instance);

    private int _steps;

    // Whether a rule with a match that is not known returned from a chain of the hook.
    private bool _mayHaveReturned;

    private enum Outcome
    {
        /// <summary>The end of the chain: the calling chain goes on.</summary>
        Ended,

        /// <summary>No other rule of this chain of the hook sees the packet.</summary>
        Accepted,

        /// <summary>Its address is translated: no other rule of translation sees the packet at this hook.</summary>
        Translated,

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
        packet.Hook = hook;
        bool isTranslated = false;
        foreach (FirewallChain chain in _chains)
        {
            if (chain.Hook != hook || !(packet.IsIPv6 ? chain.Table.HasIPv6 : chain.Table.HasIPv4)
                || (chain.Interfaces is { Count: > 0 } interfaces && !interfaces.Contains(packet.InInterface)))
                continue;
            packet.IsPastTracking = hook != FirewallHook.Prerouting || chain.Order > FirewallChain.Tracking;
            // Only the first packet of a tracked connection meets the rules of address translation. The others are translated as it was.
            if (chain.IsNat && (isTranslated || packet.IsUntracked == true || !packet.IsSyn))
                continue;
            if (!packet.IsSyn && chain.Order > FirewallChain.Translation)
                Translate(packet);
            _mayHaveReturned = false;
            Outcome outcome = Run(chain, packet, isSure: chain.Interfaces is not null && !(chain.IsNat && packet.IsUntracked is null), 0, found);
            if (outcome == Outcome.Gone || (outcome == Outcome.Ended && chain.DropsByDefault && !_mayHaveReturned))
                return false;
            isTranslated |= outcome == Outcome.Translated;
        }

        packet.IsPastTracking = true;
        if (!packet.IsSyn)
            Translate(packet);
        return true;
    }

    private static void Translate(SimulatedPacket packet)
    {
        if (packet.IsUntracked == false && packet.Connection.Server is { } server)
            (packet.Destination, packet.Port) = (server.Address, server.Port);
    }

    private Outcome Run(
        FirewallChain chain, SimulatedPacket packet, bool isSure, int jumps, Action<FirewallRule, Verdict> found)
    {
        foreach (FirewallRule rule in chain.Rules)
        {
            if (++_steps > MostSteps)
                return Outcome.Gone;
            // Without the interfaces of a chain, or the state, no rule in it is sure.
            (Verdict verdict, bool isKnown) = Apply(rule, packet, isSure, hasUnknown: !isSure && jumps == 0, found);
            foreach (Verdict one in verdict.Kind == VerdictKind.Unknown ? verdict.Candidates : [verdict])
            {
                if (Follow(rule, one, chain, packet, isKnown, jumps, found) is { } outcome)
                    return outcome;
            }
        }

        return Outcome.Ended;
    }

    // The outcome of the chain; null if it goes on.
    private Outcome? Follow(
        FirewallRule rule, Verdict verdict, FirewallChain chain, SimulatedPacket packet, bool isKnown, int jumps,
        Action<FirewallRule, Verdict> found)
    {
        switch (verdict.Kind)
        {
            case VerdictKind.Accept:
                return Outcome.Accepted;
            case VerdictKind.Return:
                _mayHaveReturned |= !isKnown;
                return Outcome.Ended;
            case VerdictKind.Drop when isKnown:
                return Outcome.Gone;
            case VerdictKind.Jump or VerdictKind.Goto
                when jumps < MostJumps && chain.Table.Chains.TryGetValue(verdict.Chain, out FirewallChain? next):
                Outcome outcome = Run(next, packet, isKnown, jumps + 1, found);
                return outcome != Outcome.Ended || (verdict.Kind == VerdictKind.Goto && isKnown) ? outcome : null;
            case VerdictKind.ChangeSource or VerdictKind.ChangeDestination or VerdictKind.Redirect when isKnown:
                found(rule, verdict);
                return Outcome.Translated;
            case VerdictKind.SynProxy when isKnown:
                found(rule, verdict);
                return Outcome.Gone;
            case VerdictKind.Lost when isKnown:
                _unsure.Add(rule);
                return Outcome.Gone;
            default:
                return null;
        }
    }

    private (Verdict Verdict, bool IsKnown) Apply(
        FirewallRule rule, SimulatedPacket packet, bool isSure, bool hasUnknown, Action<FirewallRule, Verdict> found)
    {
        // A rule may set a mark after a match that is not known.
        Bits mark = packet.Mark, connectionMark = packet.Connection.Mark;
        bool? isUntracked = packet.IsUntracked;
        Verdict last = Verdict.Differs;
        foreach (Func<SimulatedPacket, Verdict> step in rule.Steps)
        {
            last = step(packet);
            if (last.Kind == VerdictKind.Unknown)
                (isSure, hasUnknown) = (false, true);
            else if (last.Kind is VerdictKind.StripOption or VerdictKind.TransparentProxy)
            {
                if (isSure)
                    found(rule, last);
            }
            else if (last.Kind != VerdictKind.Matches)
                break;
        }

        if (!isSure)
        {
            packet.Mark = packet.Mark.Or(mark);
            packet.Connection.Mark = packet.Connection.Mark.Or(connectionMark);
            packet.IsUntracked = packet.IsUntracked == isUntracked ? isUntracked : null;
        }

        if (hasUnknown && last.Kind != VerdictKind.Differs)
            _unsure.Add(rule);
        return (last, isSure);
    }
}
