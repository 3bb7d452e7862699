namespace Toa.LoadBalancing;

/// <summary>Why a segment that should have carried the option left without it.</summary>
public enum InsertionSkip
{
    /// <summary>The TCP header is full of options that must not be pruned.</summary>
    NoRoom,

    /// <summary>The packet would be larger than the path to the server takes.</summary>
    Mtu,
}
