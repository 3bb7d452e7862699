using System.Collections.Generic;
using System.Linq;
using Toa.Diagnostics;

namespace Toa.Tool.Commands;

/// <summary>Connections for which the provider holds a client address.</summary>
/// <param name="Total">The number of connections that match the filters.</param>
/// <param name="Connections">The matching connections, up to the limit.</param>
internal sealed record TableDocument(int Total, IReadOnlyList<ConnectionDocument> Connections)
{
    public static TableDocument From(IReadOnlyList<ToaTableEntry> entries, int limit) =>
        new(entries.Count, [.. entries.Take(limit).Select(ConnectionDocument.From)]);
}

/// <summary>One connection. Values that the provider does not show are null.</summary>
internal sealed record ConnectionDocument(
    string Client, string? TransportPeer, string? Local, int? Kind, string? Format, string? Virtual, uint? NetworkId)
{
    public static ConnectionDocument From(ToaTableEntry entry) =>
        new(entry.Client.ToString(), entry.TransportPeer?.ToString(), entry.Local?.ToString(), entry.Kind, entry.Format,
            entry.VirtualEndPoint?.ToString(), entry.NetworkId);
}
