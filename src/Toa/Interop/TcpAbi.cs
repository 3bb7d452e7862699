namespace Toa.Interop;

/// <summary>The numbers of linux/tcp.h that this library needs.</summary>
internal static class TcpAbi
{
    /// <summary>IPPROTO_TCP, the level of the options below.</summary>
    public const int Level = 6;

    /// <summary>TCP_SAVE_SYN: of a listener, to keep the first packet of each connection.</summary>
    public const int SaveSyn = 27;

    /// <summary>TCP_SAVED_SYN: that packet's headers, once for each connection.</summary>
    public const int SavedSyn = 28;
}
