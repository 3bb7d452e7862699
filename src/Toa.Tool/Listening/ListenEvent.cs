using System.Net;

namespace Toa.Tool.Listening;

/// <summary>Something that <c>toa listen --json</c> tells of; what an event does not have is null.</summary>
/// <param name="Event"><c>listening</c> or <c>connection</c>.</param>
/// <param name="Local">This machine's end.</param>
/// <param name="Client">The real client.</param>
/// <param name="Source">Where it was learnt.</param>
/// <param name="TransportPeer">The balancer, or whoever connected directly; null where the provider does not say.</param>
/// <param name="Trust">Whether the transport peer is one of <c>--trusted</c>.</param>
/// <param name="FallbackReason">Why the client is not from an option, if it is not.</param>
internal sealed record ListenEvent(
    string Event, string? Local, string? Client, string? Source, string? TransportPeer, string? Trust, string? FallbackReason)
{
    public static ListenEvent Listening(IPEndPoint local) =>
        new("listening", local.ToString(), null, null, null, null, null);

    public static ListenEvent Connection(EndPoint? local, ToaResolution found) => new(
        "connection", local?.ToString(), found.Client.ToIPEndPoint().ToString(), found.Client.Source.ToString(),
        found.TransportPeer.Source == ToaSource.None ? null : found.TransportPeer.ToIPEndPoint().ToString(),
        found.Trust.ToString(), found.FallbackReason.ToString());
}
