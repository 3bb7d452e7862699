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
    /// The transport peer is not to be had: the provider is not of this project, and has put an address into
    /// <c>getpeername</c>'s place, or there was none to put there. The two look alike.
    /// </summary>
    Unknown,
}
