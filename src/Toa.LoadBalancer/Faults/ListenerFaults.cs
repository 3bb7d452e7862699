using System.Net;
using System.Threading;
using Toa.LoadBalancing.Packets;
using Toa.LoadBalancing.Translation;

namespace Toa.LoadBalancing.Faults;

/// <summary>The faults of a listener, while the balancer runs. Thread-safe.</summary>
internal sealed class ListenerFaults
{
    private static readonly IPEndPoint s_forgedIPv4 = IPEndPoint.Parse("203.0.113.66:6666");
    private static readonly IPEndPoint s_forgedIPv6 = IPEndPoint.Parse("[2001:db8:bad::66]:6666");

    private readonly FaultOptions _options;
    private readonly FaultDice _dice;
    private readonly CounterSet _counters;

    private ListenerFaults(FaultOptions options, bool isIPv4, Exits exits, CounterSet counters)
    {
        _options = options;
        _dice = new FaultDice(options.Seed);
        _counters = counters;
        ForgedClient = TransportAddress.From(options.ForgedClient ?? (isIPv4 ? s_forgedIPv4 : s_forgedIPv6));
        ToServers = new FaultyPath(options.ToServers, _dice, exits.ToServers, counters);
        ToClients = new FaultyPath(options.ToClients, _dice, exits.ToClients, counters);
    }

    public TransportAddress ForgedClient { get; }

    public FaultyPath ToServers { get; }

    public FaultyPath ToClients { get; }

    /// <summary>Returns null for a listener without faults, which then has no overhead.</summary>
    /// <param name="options">The settings. Later changes have no effect.</param>
    /// <param name="isIPv4">Whether the clients use IPv4.</param>
    /// <param name="exits">Where packets go.</param>
    /// <param name="counters">Where faults are counted.</param>
    public static ListenerFaults? For(FaultOptions options, bool isIPv4, Exits exits, CounterSet counters) =>
        options.Any ? new ListenerFaults(options.Copy(), isIPv4, exits, counters) : null;

    /// <summary>Whether the option of a segment gets this fault, if there is room for it.</summary>
    public bool IsDue(FaultKind kind) => _dice.Roll(kind switch
    {
        FaultKind.ForgedBefore => _options.ForgedBefore,
        FaultKind.ForgedAfter => _options.ForgedAfter,
        _ => _options.Truncated,
    });

    public void Count(FaultKind kind) => Interlocked.Increment(ref _counters.Faults[(int)kind]);

    /// <summary>Sends the packets that are due.</summary>
    public void Flush(long now)
    {
        ToClients.Flush(now);
        ToServers.Flush(now);
    }

    /// <summary>Sends all packets that wait, because other faults replace these.</summary>
    public void End()
    {
        ToClients.End();
        ToServers.End();
    }
}
