using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Machines;

namespace Toa.Tool.Firewall;

/// <summary>A rule that changes connections from balancers.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Balancer">The balancer of the connection.</param>
/// <param name="Port">The port to which the balancer connects.</param>
/// <param name="To">The port at which the connection arrives.</param>
/// <param name="Server">The server that sees a new source; null for other rules.</param>
/// <param name="NewSource">The address that the server sees; null if it stays the balancer's, or if it is not known.</param>
/// <param name="Options">The kinds of TCP options that are removed, in the words of the rule.</param>
internal sealed record RuleEffect(
    FirewallRule Rule, VerdictKind Kind, IPAddress Balancer, int Port, int To, IPAddress? Server = null, IPAddress? NewSource = null,
    string Options = "");

/// <summary>Sends simulated connections of balancers through the rules.</summary>
internal sealed class BalancerPath(IMachine machine, Ruleset rules)
{
    private const int MostBalancers = 8;

    // A large Kubernetes node has more than 10000 rules, and thousands of ports.
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(10);

    private readonly FirewallWalk _walk = new(rules.Tables.SelectMany(table => table.Chains.Values));
    private readonly Dictionary<IPAddress, Route?> _routes = [];
    private readonly HashSet<RuleEffect> _effects = [];

    /// <summary>The number of ports for which the rules could not be followed to the end.</summary>
    public int PortsLeft { get; private set; }

    /// <summary>The balancers of which connections were followed.</summary>
    public IReadOnlyList<IPAddress> Followed { get; private set; } = [];

    /// <summary>The balancers that this machine could not answer.</summary>
    public IReadOnlyList<IPAddress> Unreached { get; private set; } = [];

    /// <summary>The number of rules with matches that could not be evaluated.</summary>
    public int UnsureRules => _walk.Unsure;

    /// <summary>The rules that change connections from these addresses to these ports.</summary>
    /// <param name="balancers">The addresses.</param>
    /// <param name="ports">The ports.</param>
    /// <param name="listeners">The sockets that listen on this machine; null if they are not known.</param>
    public async Task<IReadOnlyList<RuleEffect>> TryAsync(
        IEnumerable<IPAddress> balancers, IEnumerable<int> ports, IReadOnlyList<Listener>? listeners)
    {
        if (rules.Tables.Count == 0)
            return [];
        List<(IPAddress Balancer, Route Route)> sources = [];
        foreach (IPAddress balancer in balancers.Distinct().Take(MostBalancers))
        {
            // Its packets come in where this machine would answer them, to the address with which it would answer.
            if (await RouteAsync(balancer) is { IsLocal: false, Source: not null } route)
                sources.Add((balancer, route));
            else
                Unreached = [.. Unreached, balancer];
        }

        Followed = [.. sources.Select(source => source.Balancer)];
        int[] all = [.. ports.Distinct()];
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < all.Length; i++)
        {
            if (Stopwatch.GetElapsedTime(began) > s_longest)
            {
                PortsLeft += all.Length - i;
                break;
            }

            int port = all[i];
            _walk.Begin();
            foreach ((IPAddress balancer, Route route) in sources)
            {
                SimulatedConnection connection = new()
                {
                    Balancer = balancer, Address = route.Source!, Port = port, Interface = route.Interface, Listeners = listeners,
                };
                if (await SendAsync(connection))
                    await AcknowledgeAsync(connection);
            }

            if (_walk.IsExhausted)
                PortsLeft++;
        }

        return [.. _effects];
    }

    // The SYN. The result is whether the connection goes on.
    private async Task<bool> SendAsync(SimulatedConnection connection)
    {
        SimulatedPacket packet = new(connection, isSyn: true);
        int port = connection.Port;
        FirewallRule? translation = null;
        List<RuleEffect> effects = [];
        bool isAnswered = false;
        void Found(FirewallRule rule, Verdict verdict)
        {
            switch (verdict.Kind)
            {
                case VerdictKind.TransparentProxy:
                    effects.Add(new RuleEffect(rule, verdict.Kind, packet.Source, port, verdict.Port ?? packet.Port));
                    break;
                case VerdictKind.Redirect:
                    packet.Port = verdict.Port ?? packet.Port;
                    connection.Server = new IPEndPoint(packet.Destination, packet.Port);
                    effects.Add(new RuleEffect(rule, verdict.Kind, packet.Source, port, packet.Port));
                    break;
                case VerdictKind.ChangeDestination:
                    translation = rule;
                    packet.Destination = verdict.Address ?? packet.Destination;
                    packet.Port = verdict.Port ?? packet.Port;
                    connection.Server = new IPEndPoint(packet.Destination, packet.Port);
                    break;
                case VerdictKind.ChangeSource:
                    effects.Add(new RuleEffect(
                        rule, verdict.Kind, packet.Source, port, packet.Port, packet.Destination, verdict.Address ?? packet.NewSource));
                    break;
                case VerdictKind.SynProxy:
                    isAnswered = true;
                    effects.Add(new RuleEffect(rule, verdict.Kind, packet.Source, port, packet.Port));
                    break;
            }
        }

        bool isPassed = await PassAsync(packet, Found);
        if (isPassed && translation is not null && packet.IsForThisMachine)
            effects.Add(new RuleEffect(translation, VerdictKind.Redirect, packet.Source, port, packet.Port));
        if (isPassed || isAnswered)
            _effects.UnionWith(effects);
        return isPassed;
    }

    // The packet with the option. The result is whether it arrives.
    private Task<bool> AcknowledgeAsync(SimulatedConnection connection) => PassAsync(new SimulatedPacket(connection, isSyn: false), (rule, verdict) =>
    {
        if (verdict.Kind == VerdictKind.StripOption)
            _effects.Add(new RuleEffect(rule, verdict.Kind, connection.Balancer, connection.Port, connection.Port, Options: verdict.Chain));
    });

    private async Task<bool> PassAsync(SimulatedPacket packet, Action<FirewallRule, Verdict> found)
    {
        IPAddress address = packet.Destination;
        bool isProxied = false;
        bool isPassed = _walk.Pass(FirewallHook.Prerouting, packet, (rule, verdict) =>
        {
            isProxied |= verdict.Kind == VerdictKind.TransparentProxy;
            found(rule, verdict);
        });
        if (!isPassed)
            return false;
        bool isUnchanged = isProxied || packet.Destination.Equals(address);
        Route? route = isUnchanged ? null : await RouteAsync(packet.Destination);
        if (isUnchanged || route is { IsLocal: true })
            return _walk.Pass(FirewallHook.Input, packet, found);
        // The new destination is not reachable.
        if (route is null)
            return false;
        packet.IsForThisMachine = false;
        packet.OutInterface = route.Interface;
        packet.NewSource = route.Source;
        return _walk.Pass(FirewallHook.Forward, packet, found) && _walk.Pass(FirewallHook.Postrouting, packet, found);
    }

    private async Task<Route?> RouteAsync(IPAddress address)
    {
        if (!_routes.TryGetValue(address, out Route? route))
        {
            ProcessResult result = await machine.RunAsync("ip", ["-o", "route", "get", address.ToString()], CancellationToken.None);
            _routes.Add(address, route = Route.Parse(result.Output));
        }

        return route;
    }

    /// <param name="IsLocal">Whether it is an address of this machine.</param>
    /// <param name="Interface">The interface on which packets leave.</param>
    /// <param name="Source">The source of packets to it.</param>
    private sealed record Route(bool IsLocal, string Interface, IPAddress? Source)
    {
        // 10.64.0.1 via 10.0.0.1 dev s0 src 10.0.0.2 uid 0 \    cache
        public static Route? Parse(string output)
        {
            string[] words = output.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string? After(string name) => Array.IndexOf(words, name) is >= 0 and int at && at + 1 < words.Length ? words[at + 1] : null;
            return After("dev") is not { } name || words[0] is "unreachable" or "blackhole" or "prohibit" or "broadcast" or "multicast"
                ? null
                : new Route(words[0] == "local", name, IPAddress.TryParse(After("src"), out IPAddress? source) ? source : null);
        }
    }
}
