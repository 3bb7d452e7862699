using System.Collections.Generic;
using System.Linq;
using System.Net;
using Toa.Diagnostics;
using Toa.Tool.Machines;

namespace Toa.Tool.Commands;

/// <summary>
/// Selects connections. An empty list matches all; a value that the provider does not show does not match.
/// </summary>
internal sealed record TableFilter(
    IReadOnlyList<IPNetwork> Clients, IReadOnlyList<IPNetwork> Peers, IReadOnlyList<int> Ports,
    IReadOnlyList<int> Kinds)
{
    public bool Passes(ToaTableEntry entry) =>
        IsIn(Clients, entry.Client)
        && IsIn(Peers, entry.TransportPeer)
        && IsIn(Ports, entry.Local?.Port)
        && IsIn(Kinds, entry.Kind);

    private static bool IsIn(IReadOnlyList<IPNetwork> networks, IPEndPoint? end) =>
        networks.Count == 0 || (end is not null && networks.Any(network => network.Contains(end.Address.Unmap())));

    private static bool IsIn(IReadOnlyList<int> numbers, int? number) =>
        numbers.Count == 0 || (number is { } known && numbers.Contains(known));
}
