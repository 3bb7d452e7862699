namespace Toa;

/// <summary>The result of a lookup: the client of a connection, and how it was found.</summary>
public struct ToaResolution
{
    // Fields, not properties: a lookup writes them one by one, and so avoids a copy of the whole struct.
    internal ToaEndPoint ClientField;
    internal ToaEndPoint PeerField;
    internal ToaFallbackReason ReasonField;
    internal ToaTrust TrustField;

    /// <summary>Creates a result, for tests of code that reads it and for transports that find the client in another way.</summary>
    /// <param name="client">The real client.</param>
    /// <param name="transportPeer">The other end of the TCP connection; <c>default</c> if it is not known.</param>
    /// <param name="fallbackReason">Why <paramref name="client"/> is not from a TOA option, if it is not.</param>
    /// <param name="trust">Whether the transport peer is a known proxy.</param>
    public ToaResolution(
        ToaEndPoint client, ToaEndPoint transportPeer, ToaFallbackReason fallbackReason = ToaFallbackReason.None,
        ToaTrust trust = ToaTrust.NotChecked)
    {
        ClientField = client;
        PeerField = transportPeer;
        ReasonField = fallbackReason;
        TrustField = trust;
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
}
