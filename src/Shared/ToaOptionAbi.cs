namespace Toa.Shared;

/// <summary>
/// The kinds and lengths of TOA options in native/include/toa.h. They are not free to change: a test compiles the header
/// and compares.
/// </summary>
internal static class ToaOptionAbi
{
    /// <summary>TOA_KIND_IPV4: the kind of an option with an IPv4 client.</summary>
    public const byte KindIPv4 = 200;

    /// <summary>TOA_KIND_IPV6: the kind of an option with an IPv6 client.</summary>
    public const byte KindIPv6 = 253;

    /// <summary>TOA_LENGTH_IPV4: the length of an option with an IPv4 client.</summary>
    public const byte LengthIPv4 = 8;

    /// <summary>TOA_LENGTH_IPV6: the length of an option with an IPv6 client.</summary>
    public const byte LengthIPv6 = 20;
}
