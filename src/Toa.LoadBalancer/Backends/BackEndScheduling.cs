namespace Toa.LoadBalancing;

/// <summary>How a listener selects the back end of a new connection.</summary>
public enum BackEndScheduling
{
    /// <summary>In turns, as often as the weights say.</summary>
    RoundRobin,

    /// <summary>The back end with the fewest open connections, in proportion to its weight.</summary>
    LeastConnections,

    /// <summary>
    /// By the client's address, without its port: a client always gets the same back end. If one goes, only its clients move.
    /// </summary>
    SourceHash,
}
