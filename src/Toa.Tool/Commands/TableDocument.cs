using System.Collections.Generic;
using System.Linq;
using Toa.Diagnostics;

namespace Toa.Tool.Commands;

/// <summary>Connections that hold a client's address.</summary>
/// <param name="Total">How many passed the filters.</param>
/// <param name="Connections">Those of them that the limit lets be shown.</param>
internal sealed record TableDocument(int Total, IReadOnlyList<ConnectionDocument> Connections)
{
    public static TableDocument From(IReadOnlyList<ToaTableEntry> entries, int limit) =>
        new(entries.Count, [.. entries.Take(limit).Select(ConnectionDocument.From)]);
}

/// <summary>One of them; null is what the provider does not show.</summary>
internal sealed record ConnectionDocument(string Client, string? TransportPeer, string? Local, int? Kind)
{
    public static ConnectionDocument From(ToaTableEntry entry) =>
        new(entry.Client.ToString(), entry.TransportPeer?.ToString(), entry.Local?.ToString(), entry.Kind);
}
