namespace Toa;

/// <summary>What happens to a connection whose real client is unknown or not trusted.</summary>
public enum ToaAction : byte
{
    /// <summary>Serve it. Its client is the transport peer: the balancer, or a client that connected directly.</summary>
    UseTransportPeer = 0,

    /// <summary>Refuse it: the lookup fails, and Kestrel closes the connection.</summary>
    Refuse,
}
