namespace Toa;

/// <summary>Why the address of a client is not from a TOA option.</summary>
public enum ToaFallbackReason : byte
{
    /// <summary>The address is from a TOA option, or a provider reports that <c>getpeername</c> returns the client from one.</summary>
    None = 0,

    /// <summary>This is not Linux, so there is no provider.</summary>
    NotLinux,

    /// <summary>No provider serves this socket: no provider is loaded, or the connection has no TCP socket.</summary>
    NoProvider,

    /// <summary>No TOA option was accepted for this connection. The provider's counters in /proc/net/toa_stats say why.</summary>
    NoOption,

    /// <summary>The transport peer is not in <see cref="ToaOptions.KnownProxies"/> or <see cref="ToaOptions.KnownIPNetworks"/>.</summary>
    UntrustedPeer,

    /// <summary>The answer is not a valid client address: wrong length, all zero, loopback, multicast, a missing port, ….</summary>
    UnusableAnswer,

    /// <summary>The kernel denied the lookup: a sandbox, a security module, or a socket that the kernel does not treat as TCP.</summary>
    LookupDenied,
}
