namespace Toa;

/// <summary>Whether the transport peer, which sends the TOA option, is a known proxy.</summary>
public enum ToaTrust : byte
{
    /// <summary>Not checked: no known proxies are configured, so only the provider's own list applies.</summary>
    NotChecked = 0,

    /// <summary>The transport peer is one of the known proxies.</summary>
    Trusted,

    /// <summary>The transport peer is not a known proxy: its TOA option was ignored.</summary>
    Untrusted,

    /// <summary>
    /// The transport peer is not available: another vendor's provider may have rewritten <c>getpeername</c>, or the connection
    /// has no TCP socket. <see cref="ToaOptions.WhenUnknown"/> decides what happens to such connections.
    /// </summary>
    Unknown,
}
