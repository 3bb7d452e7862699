using Toa.Internal;

namespace Toa;

/// <summary>The result of a lookup: the client of a connection, and how it was found.</summary>
public struct ToaResolution
{
    // Fields, not properties: a lookup writes them one by one, and so avoids a copy of the whole struct.
    internal ToaEndPoint ClientField;
    internal ToaEndPoint PeerField;
    internal OptionDetails? DetailsField;
    internal ToaFallbackReason ReasonField;
    internal ToaTrust TrustField;
    internal ToaFormat FormatField;

    /// <summary>Creates a result, for tests of code that reads it and for transports that find the client in another way.</summary>
    /// <param name="client">The real client.</param>
    /// <param name="transportPeer">The other end of the TCP connection; <c>default</c> if it is not known.</param>
    /// <param name="fallbackReason">Why <paramref name="client"/> is not from a TOA option, if it is not.</param>
    /// <param name="trust">Whether the transport peer is a known proxy.</param>
    /// <param name="format">The format of the TOA option.</param>
    /// <param name="virtualEndPoint">The address to which the client connected; <c>default</c> if it is not known.</param>
    /// <param name="networkId">The id of the virtual network; <see langword="null"/> or 0 if it is not known.</param>
    public ToaResolution(
        ToaEndPoint client, ToaEndPoint transportPeer, ToaFallbackReason fallbackReason = ToaFallbackReason.None,
        ToaTrust trust = ToaTrust.NotChecked, ToaFormat format = ToaFormat.None, ToaEndPoint virtualEndPoint = default,
        uint? networkId = null)
    {
        ClientField = client;
        PeerField = transportPeer;
        ReasonField = fallbackReason;
        TrustField = trust;
        FormatField = format;
        DetailsField = OptionDetails.Create(virtualEndPoint, networkId ?? 0);
    }

    /// <summary>
    /// The real client, or the transport peer if no client is known or trusted. <see cref="ToaEndPoint.Source"/> shows where the
    /// address comes from.
    /// </summary>
    public readonly ToaEndPoint Client => ClientField;

    /// <summary>
    /// The other end of the TCP connection: the balancer, if there is one. <c>default</c> if it is not available (see
    /// <see cref="ToaTrust.Unknown"/>) or was not requested.
    /// </summary>
    public readonly ToaEndPoint TransportPeer => PeerField;

    /// <summary>Why <see cref="Client"/> is not from a TOA option, if it is not.</summary>
    public readonly ToaFallbackReason FallbackReason => ReasonField;

    /// <summary>Whether the transport peer is a known proxy.</summary>
    public readonly ToaTrust Trust => TrustField;

    /// <summary>
    /// The format of the TOA option that names the client. <see cref="ToaFormat.None"/> if there was no TOA option, if it was not
    /// accepted, or if the provider does not report the format. A provider that is newer than this library can report a format
    /// without a name here.
    /// </summary>
    public readonly ToaFormat Format => FormatField;

    /// <summary>
    /// The address and port to which the client connected, at the balancer; the port is 0 if the TOA option does not have it.
    /// <c>default</c> if the address is not known.
    /// </summary>
    public readonly ToaEndPoint VirtualEndPoint => DetailsField?.VirtualEndPoint ?? default;

    /// <summary>
    /// The id of the client's virtual network (VPC), as the balancer writes it. <see langword="null"/> if it is not known.
    /// </summary>
    public readonly uint? NetworkId => DetailsField?.NetworkId;

    /// <summary>Removes everything from the TOA option but the client.</summary>
    internal void ForgetDetails()
    {
        FormatField = ToaFormat.None;
        DetailsField = null;
    }
}
