using System;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Faults;

/// <summary>Decides, packet by packet, which faults a listener commits.</summary>
internal sealed class FaultDice
{
    private readonly FaultOptions _options;
    private readonly Random _random;

    private FaultDice(FaultOptions options, TransportAddress forgedClient)
    {
        _options = options;
        _random = options.Seed is int seed ? new Random(seed) : new Random();
        ForgedClient = forgedClient;
    }

    public TransportAddress ForgedClient { get; }

    /// <summary>Null for a listener without faults, which then costs nothing.</summary>
    public static FaultDice? For(FaultOptions options, TransportAddress defaultForgedClient)
    {
        bool hasAny = options.Drop + options.Duplicate + options.Reorder
            + options.ForgedBefore + options.ForgedAfter + options.Truncated > 0;
        return hasAny
            ? new FaultDice(
                options,
                options.ForgedClient is { } forged ? TransportAddress.From(forged) : defaultForgedClient)
            : null;
    }

    public bool Roll(FaultKind kind) => Share(kind) is > 0 and double share && _random.NextDouble() * 100 < share;

    private double Share(FaultKind kind) => kind switch
    {
        FaultKind.Drop => _options.Drop,
        FaultKind.Duplicate => _options.Duplicate,
        FaultKind.Reorder => _options.Reorder,
        FaultKind.ForgedBefore => _options.ForgedBefore,
        FaultKind.ForgedAfter => _options.ForgedAfter,
        FaultKind.Truncated => _options.Truncated,
        _ => 0,
    };
}
