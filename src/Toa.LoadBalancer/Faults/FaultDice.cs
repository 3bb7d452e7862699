using System;
using System.Net;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Faults;

/// <summary>Decides for each packet which faults to inject.</summary>
internal sealed class FaultDice
{
    private readonly double[] _shares = new double[Enum.GetValues<FaultKind>().Length];
    private readonly Random _random;

    private FaultDice(FaultOptions options, TransportAddress forgedClient)
    {
        _shares[(int)FaultKind.Drop] = options.Drop;
        _shares[(int)FaultKind.Duplicate] = options.Duplicate;
        _shares[(int)FaultKind.Reorder] = options.Reorder;
        _shares[(int)FaultKind.ForgedBefore] = options.ForgedBefore;
        _shares[(int)FaultKind.ForgedAfter] = options.ForgedAfter;
        _shares[(int)FaultKind.Truncated] = options.Truncated;
        _random = options.Seed is int seed ? new Random(seed) : new Random();
        ForgedClient = forgedClient;
    }

    public TransportAddress ForgedClient { get; }

    /// <summary>Returns null for a listener without faults, which then has no overhead.</summary>
    public static FaultDice? For(FaultOptions options, IPEndPoint defaultForgedClient) => options.Any
        ? new FaultDice(options, TransportAddress.From(options.ForgedClient ?? defaultForgedClient))
        : null;

    public bool Roll(FaultKind kind) => _shares[(int)kind] > 0 && _random.NextDouble() * 100 < _shares[(int)kind];
}
