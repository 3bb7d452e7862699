using System.Collections.Generic;
using System.Net;

namespace Toa.Tool.Balancing.Demo;

/// <summary>Something that <c>toa lb demo --json</c> tells of; what an event does not have is null.</summary>
/// <param name="Event"><c>request</c>, the demo's own; <c>connection</c>, somebody else's; <c>ready</c>;
/// <c>stopped</c>.</param>
/// <param name="Client">The client that made the request.</param>
/// <param name="VirtualAddress">Where it connected to.</param>
/// <param name="Seen">Who the server takes the client for.</param>
/// <param name="Source">Where the server learnt that.</param>
/// <param name="TransportPeer">The balancer; null where the provider does not say.</param>
/// <param name="IsReal">Whether the server sees the client that made the request.</param>
/// <param name="Provider">Who reads options in this kernel.</param>
/// <param name="Commands">What to type next.</param>
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
            IsReal = found.Client.ToIPEndPoint().Equals(client),
        };

    public static DemoEvent Connection(ToaResolution found) => new(
        "connection",
        Seen: found.Client.ToIPEndPoint().ToString(),
        Source: found.Client.Source.ToString(),
        TransportPeer: found.TransportPeer.Source == ToaSource.None
            ? null
            : found.TransportPeer.ToIPEndPoint().ToString());
}
