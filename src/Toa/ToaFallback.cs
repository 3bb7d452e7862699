namespace Toa;

/// <summary>What to do with a connection whose real client is not to be had, or not to be believed.</summary>
public enum ToaFallback : byte
{
    /// <summary>Take the transport peer for the client: the balancer, or whoever connected directly.</summary>
    UseTransportPeer = 0,

    /// <summary>Refuse the connection.</summary>
    Refuse,
}
