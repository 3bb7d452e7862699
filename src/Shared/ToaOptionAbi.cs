namespace Toa.Shared;

/// <summary>
/// The kinds and lengths of TOA options in native/include/toa.h. They must not change: a test compiles the header and compares
/// them.
/// </summary>
internal static class ToaOptionAbi
{
    /// <summary>TOA_KIND_IPV4: the kind of a TOA option with an IPv4 client.</summary>
    public const byte KindIPv4 = 200;

    /// <summary>TOA_KIND_IPV6: the kind of a TOA option with an IPv6 client.</summary>
    public const byte KindIPv6 = 253;

    /// <summary>TOA_LENGTH_IPV4: the length of a TOA option with an IPv4 client.</summary>
    public const byte LengthIPv4 = 8;

    /// <summary>TOA_LENGTH_IPV6: the length of a TOA option with an IPv6 client.</summary>
    public const byte LengthIPv6 = 20;
}
