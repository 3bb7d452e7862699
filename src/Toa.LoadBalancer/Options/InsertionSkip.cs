namespace Toa.LoadBalancing;

/// <summary>Why a segment was sent without the TOA option that it had to carry.</summary>
public enum InsertionSkip
{
    /// <summary>The TCP header has no room, because its other options must not be removed.</summary>
    NoRoom,

    /// <summary>The packet would exceed the MTU of the path to the server.</summary>
    Mtu,
}
