namespace Toa;

/// <summary>Whether the sender of a TOA option is known to be a balancer.</summary>
public enum ToaTrust : byte
{
    /// <summary>Nobody asked: no proxies were named, so the provider's own list decides alone.</summary>
    NotChecked = 0,

    /// <summary>The transport peer is one of the known proxies.</summary>
    Trusted,

    /// <summary>The transport peer is none of them: what its option said was ignored.</summary>
    Untrusted,

    /// <summary>
    /// The transport peer is not available: another vendor's provider may have rewritten <c>getpeername</c>, or the connection
    /// has no TCP socket. <see cref="ToaOptions.WhenUnknown"/> decides what happens to such connections.
    /// </summary>
    Unknown,
}
