namespace Toa;

/// <summary>What a lookup found out about a connection.</summary>
public readonly struct ToaResolution
{
    internal ToaResolution(
        RealClient client, RealClient transportPeer, ToaFallbackReason fallback, ToaTrust trust = ToaTrust.NotChecked)
    {
        Client = client;
        TransportPeer = transportPeer;
        Fallback = fallback;
        Trust = trust;
    }

    /// <summary>
    /// The real client, or the transport peer where no other is known or believed. Its <see cref="RealClient.Source"/>
    /// says which.
    /// </summary>
    public RealClient Client { get; }

    /// <summary>
    /// The other end of the TCP connection, which is the balancer where there is one; <c>default</c> where it is not to be
    /// had (see <see cref="ToaTrust.Unknown"/>) or nobody asked.
    /// </summary>
    public RealClient TransportPeer { get; }

    /// <summary>Why <see cref="Client"/> is not a client from an option, if it is not.</summary>
    public ToaFallbackReason Fallback { get; }

    /// <summary>Whether the transport peer is one of the proxies that were named.</summary>
    public ToaTrust Trust { get; }
}
