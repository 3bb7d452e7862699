namespace Toa;

/// <summary>What a lookup found out about a connection.</summary>
public readonly struct ToaResolution
{
    /// <summary>Makes one: for tests of code that reads it, and for transports that learn clients in another way.</summary>
    /// <param name="client">The real client.</param>
    /// <param name="transportPeer">The other end of the TCP connection; <c>default</c> where it is not known.</param>
    /// <param name="fallbackReason">Why <paramref name="client"/> was not taken from an option, if it was not.</param>
    /// <param name="trust">Whether the transport peer is a known proxy.</param>
    public ToaResolution(
        ToaEndPoint client, ToaEndPoint transportPeer, ToaFallbackReason fallbackReason = ToaFallbackReason.None,
        ToaTrust trust = ToaTrust.NotChecked)
    {
        Client = client;
        TransportPeer = transportPeer;
        FallbackReason = fallbackReason;
        Trust = trust;
    }

    /// <summary>
    /// The real client, or the transport peer where no other is known or believed. Its <see cref="ToaEndPoint.Source"/>
    /// says which.
    /// </summary>
    public ToaEndPoint Client { get; }

    /// <summary>
    /// The other end of the TCP connection, which is the balancer where there is one; <c>default</c> where it is not
    /// available (see <see cref="ToaTrust.Unknown"/>) or was not asked for.
    /// </summary>
    public ToaEndPoint TransportPeer { get; }

    /// <summary>Why <see cref="Client"/> was not taken from a TOA option, if it was not.</summary>
    public ToaFallbackReason FallbackReason { get; }

    /// <summary>Whether the transport peer is a known proxy.</summary>
    public ToaTrust Trust { get; }
}
