namespace Toa;

/// <summary>What a lookup found out about a connection.</summary>
public struct ToaResolution
{
    // Fields that a lookup can write one by one: it makes no copy of an answer that was just put together.
    internal ToaEndPoint ClientField;
    internal ToaEndPoint PeerField;
    internal ToaFallbackReason ReasonField;

    /// <summary>Makes one: for tests of code that reads it, and for transports that learn clients in another way.</summary>
    /// <param name="client">The real client.</param>
    /// <param name="transportPeer">The other end of the TCP connection; <c>default</c> where it is not known.</param>
    /// <param name="fallbackReason">Why <paramref name="client"/> was not taken from an option, if it was not.</param>
    /// <param name="trust">Whether the transport peer is a known proxy.</param>
    public ToaResolution(
        ToaEndPoint client, ToaEndPoint transportPeer, ToaFallbackReason fallbackReason = ToaFallbackReason.None,
        ToaTrust trust = ToaTrust.NotChecked)
    {
        ClientField = client;
        PeerField = transportPeer;
        ReasonField = fallbackReason;
        Trust = trust;
    }

    /// <summary>
    /// The real client, or the transport peer where no other is known or believed. Its <see cref="ToaEndPoint.Source"/>
    /// says which.
    /// </summary>
    public readonly ToaEndPoint Client => ClientField;

    /// <summary>
    /// The other end of the TCP connection, which is the balancer where there is one; <c>default</c> where it is not
    /// available (see <see cref="ToaTrust.Unknown"/>) or was not asked for.
    /// </summary>
    public readonly ToaEndPoint TransportPeer => PeerField;

    /// <summary>Why <see cref="Client"/> was not taken from a TOA option, if it was not.</summary>
    public readonly ToaFallbackReason FallbackReason => ReasonField;

    /// <summary>Whether the transport peer is a known proxy.</summary>
    public ToaTrust Trust { get; }
}
