namespace Toa.Interop;

/// <summary>The constants of linux/tcp.h that this library needs.</summary>
internal static class TcpAbi
{
    /// <summary>IPPROTO_TCP, the level of the socket options below.</summary>
    public const int Level = 6;

    /// <summary>TCP_SAVE_SYN: tells a listener to save the SYN of each connection.</summary>
    public const int SaveSyn = 27;

    /// <summary>TCP_SAVED_SYN: the headers of the saved SYN, which the kernel returns once for each connection.</summary>
    public const int SavedSyn = 28;
}
