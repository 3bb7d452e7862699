namespace Toa.Interop;

/// <summary>
/// The constants of native/include/toa.h that this library needs. They must not change: a test compiles the header and compares
/// them.
/// </summary>
internal static class ToaAbi
{
    /// <summary>IPPROTO_IP, the level of the socket options below.</summary>
    public const int Level = 0;

    /// <summary>TOA_SO_GET_LOOKUP.</summary>
    public const int GetLookup = 4096;

    /// <summary>sizeof(struct toa_nat64_peer), with two bytes of padding at its end.</summary>
    public const int Nat64PeerSize = 20;

    /// <summary>offsetof(struct toa_nat64_peer, saddr): 16 bytes in network byte order.</summary>
    public const int Nat64PeerAddress = 0;

    /// <summary>offsetof(struct toa_nat64_peer, sport): 2 bytes in network byte order.</summary>
    public const int Nat64PeerPort = 16;

    /// <summary>TOA_SO_GET_INFO.</summary>
    public const int GetInfo = 4097;

    /// <summary>sizeof(struct toa_info), as far as this library knows it.</summary>
    public const int InfoSize = 64;

    /// <summary>offsetof(struct toa_info, kind): 1 byte.</summary>
    public const int InfoKind = 0;

    /// <summary>offsetof(struct toa_info, length): 1 byte.</summary>
    public const int InfoLength = 1;

    /// <summary>offsetof(struct toa_info, client_port): 2 bytes in network byte order.</summary>
    public const int InfoClientPort = 2;

    /// <summary>offsetof(struct toa_info, peer_port): 2 bytes in network byte order.</summary>
    public const int InfoPeerPort = 4;

    /// <summary>offsetof(struct toa_info, reserved): 2 bytes, zero.</summary>
    public const int InfoReserved = 6;

    /// <summary>offsetof(struct toa_info, client): 16 bytes in network byte order.</summary>
    public const int InfoClient = 8;

    /// <summary>offsetof(struct toa_info, peer): 16 bytes in network byte order.</summary>
    public const int InfoPeer = 24;

    /// <summary>offsetof(struct toa_info, virtual_addr): 16 bytes in network byte order.</summary>
    public const int InfoVirtualAddress = 40;

    /// <summary>offsetof(struct toa_info, network_id): 4 bytes in host byte order.</summary>
    public const int InfoNetworkId = 56;

    /// <summary>offsetof(struct toa_info, virtual_port): 2 bytes in network byte order.</summary>
    public const int InfoVirtualPort = 60;

    /// <summary>offsetof(struct toa_info, format): 1 byte.</summary>
    public const int InfoFormat = 62;

    /// <summary>offsetof(struct toa_info, reserved2): 1 byte, zero.</summary>
    public const int InfoReserved2 = 63;
}
