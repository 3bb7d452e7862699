using System.Collections.Generic;
using System.Net;
using Toa.Tool.Formats;

namespace Toa.Tool.Balancing.Demo;

/// <summary>An event of <c>toa lb demo --json</c>. Fields that an event does not have are null.</summary>
/// <param name="Event"><c>request</c> (the demo's own), <c>connection</c> (of another client), <c>ready</c> or
/// <c>stopped</c>.</param>
/// <param name="Client">The client that made the request.</param>
/// <param name="VirtualAddress">The address that it connected to.</param>
/// <param name="Seen">The client address that the server sees.</param>
/// <param name="Source">The source of that address.</param>
/// <param name="TransportPeer">The balancer; null if the provider does not report it.</param>
/// <param name="IsReal">Whether the server sees the client that made the request.</param>
/// <param name="Provider">The provider in this kernel.</param>
/// <param name="Commands">Commands to try next.</param>
/// <param name="Counters">All of the balancer's counters, by name.</param>
internal sealed record DemoEvent(
    string Event, string? Client = null, string? VirtualAddress = null, string? Seen = null, string? Source = null,
    string? TransportPeer = null, bool? IsReal = null, string? Provider = null, IReadOnlyList<string>? Commands = null,
    IReadOnlyDictionary<string, long>? Counters = null)
{
    public static DemoEvent Request(IPEndPoint client, IPEndPoint virtualAddress, ToaResolution found) =>
        Connection(found) with
        {
            Event = "request",
            Client = client.ToString(),
            VirtualAddress = virtualAddress.ToString(),
            IsReal = IsClient(client, found),
        };

    public static DemoEvent Connection(ToaResolution found) => new(
        "connection",
        Seen: found.Client.ToIPEndPoint().ToString(),
        Source: found.Client.Source.ToString(),
        TransportPeer: found.TransportPeer.Source == ToaSource.None
            ? null
            : found.TransportPeer.ToIPEndPoint().ToString());

    private static bool IsClient(IPEndPoint client, ToaResolution found) => ReportedFormat.LacksPort(found.Format)
        ? found.Client.ToIPEndPoint().Address.Equals(client.Address)
        : found.Client.ToIPEndPoint().Equals(client);
}
