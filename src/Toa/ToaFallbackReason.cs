namespace Toa;

/// <summary>Why a client's address was not taken from a TOA option.</summary>
public enum ToaFallbackReason : byte
{
    /// <summary>It was; or a provider says that <c>getpeername</c> names the client that it read from one.</summary>
    None = 0,

    /// <summary>This is not Linux: there are no providers.</summary>
    NotLinux,

    /// <summary>No provider serves this socket: no provider is loaded, or the connection has no TCP socket.</summary>
    NoProvider,

    /// <summary>The provider believed no option on this connection. Its counters in /proc/net/toa_stats say why.</summary>
    NoOption,

    /// <summary>The transport peer is none of <see cref="ToaOptions.KnownProxies"/> or their networks.</summary>
    UntrustedPeer,

    /// <summary>The answer is no client's address: of another length, all zero, loopback, multicast, port 0, ….</summary>
    UnusableAnswer,

    /// <summary>The kernel denied the lookup: a sandbox, a security module, or a socket that it does not take for a TCP socket.</summary>
    LookupDenied,
}
