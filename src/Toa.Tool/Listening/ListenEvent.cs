using System.Net;
using Toa.Tool.Formats;

namespace Toa.Tool.Listening;

/// <summary>An event of <c>toa listen --json</c>. Fields that an event does not have are null.</summary>
/// <param name="Event"><c>listening</c> or <c>connection</c>.</param>
/// <param name="Local">The local address.</param>
/// <param name="Client">The real client.</param>
/// <param name="Source">The source of the client's address.</param>
/// <param name="TransportPeer">The balancer, or a client that connected directly; null if the provider does not report it.</param>
/// <param name="Trust">Whether the transport peer is in <c>--trusted</c>.</param>
/// <param name="FallbackReason">If the client's address is not from a TOA option: the reason.</param>
/// <param name="Format">The format of the TOA option; null without a TOA option, or if the provider does not report it.</param>
/// <param name="Virtual">The address to which the client connected; null if it is not known.</param>
/// <param name="NetworkId">The id of the client's virtual network; null if it is not known.</param>
internal sealed record ListenEvent(
    string Event, string? Local, string? Client, string? Source, string? TransportPeer, string? Trust, string? FallbackReason,
    string? Format, string? Virtual, uint? NetworkId)
{
    public static ListenEvent Listening(IPEndPoint local) =>
        new("listening", local.ToString(), null, null, null, null, null, null, null, null);

    public static ListenEvent Connection(EndPoint? local, ToaResolution found) => new(
        "connection", local?.ToString(), found.Client.ToIPEndPoint().ToString(), found.Client.Source.ToString(),
        found.TransportPeer.Source == ToaSource.None ? null : found.TransportPeer.ToIPEndPoint().ToString(),
        found.Trust.ToString(), found.FallbackReason.ToString(), ReportedFormat.NameOf(found.Format),
        found.VirtualEndPoint.Source == ToaSource.None ? null : found.VirtualEndPoint.ToString(),
        found.NetworkId);
}
