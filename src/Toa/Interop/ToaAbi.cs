namespace Toa.Interop;

/// <summary>
/// The numbers of native/include/toa.h that this library needs. They are not free to change: a test compiles the header
/// and compares.
/// </summary>
internal static class ToaAbi
{
    /// <summary>IPPROTO_IP, the level of the options below.</summary>
    public const int Level = 0;

    /// <summary>TOA_SO_GET_LOOKUP.</summary>
    public const int GetLookup = 4096;

    /// <summary>sizeof(struct toa_nat64_peer), with two bytes of padding at its end.</summary>
    public const int Nat64PeerSize = 20;

    /// <summary>offsetof(struct toa_nat64_peer, saddr): 16 bytes in network byte order.</summary>
    public const int Nat64PeerAddress = 0;

    /// <summary>offsetof(struct toa_nat64_peer, sport): 2 bytes in network byte order.</summary>
    public const int Nat64PeerPort = 16;
}
