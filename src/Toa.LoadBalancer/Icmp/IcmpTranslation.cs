using System;

namespace Toa.LoadBalancing.Icmp;

/// <summary>
/// Translates errors between ICMP and ICMPv6 (RFC 7915, 4.2 and 5.2). Returns null if there is no equivalent. It does not
/// change an MTU: the caller does that, because the value depends on the path.
/// </summary>
internal static class IcmpTranslation
{
    public static IcmpError? ToIPv6(IcmpError error) => error.Type switch
    {
        IcmpType.Unreachable => UnreachableToIPv6(error),
        IcmpType.TimeExceeded => new IcmpError(IcmpV6Type.TimeExceeded, error.Code, 0),
        IcmpType.ParameterProblem when error.Code is 0 or 2 && PointerToIPv6(error.PointerIPv4) is uint pointer =>
            new IcmpError(IcmpV6Type.ParameterProblem, 0, pointer),
        _ => null,
    };

    public static IcmpError? ToIPv4(IcmpError error) => error.Type switch
    {
        IcmpV6Type.Unreachable => UnreachableToIPv4(error.Code),
        IcmpV6Type.TooBig => new IcmpError(
            IcmpType.Unreachable, IcmpType.FragmentationNeeded, Math.Min(error.Rest, ushort.MaxValue)),
        IcmpV6Type.TimeExceeded => new IcmpError(IcmpType.TimeExceeded, error.Code, 0),
        IcmpV6Type.ParameterProblem => ProblemToIPv4(error),
        _ => null,
    };

    private static IcmpError? UnreachableToIPv6(IcmpError error) => error.Code switch
    {
        IcmpType.ProtocolUnreachable => new IcmpError(IcmpV6Type.ParameterProblem, 1, NextHeaderAt),
        IcmpType.PortUnreachable => new IcmpError(IcmpV6Type.Unreachable, IcmpV6Type.PortUnreachable, 0),
        IcmpType.FragmentationNeeded => new IcmpError(IcmpV6Type.TooBig, 0, (uint)error.MtuIPv4),
        0 or 1 or 5 or 6 or 7 or 8 or 11 or 12 => new IcmpError(IcmpV6Type.Unreachable, IcmpV6Type.NoRoute, 0),
        9 or 10 or 13 or 15 => new IcmpError(IcmpV6Type.Unreachable, IcmpV6Type.Prohibited, 0),
        _ => null,
    };

    private static IcmpError? UnreachableToIPv4(byte code) => code switch
    {
        IcmpV6Type.NoRoute or 2 or 3 => new IcmpError(IcmpType.Unreachable, IcmpType.HostUnreachable, 0),
        IcmpV6Type.Prohibited => new IcmpError(IcmpType.Unreachable, IcmpType.HostProhibited, 0),
        IcmpV6Type.PortUnreachable => new IcmpError(IcmpType.Unreachable, IcmpType.PortUnreachable, 0),
        _ => null,
    };

    private static IcmpError? ProblemToIPv4(IcmpError error) => error.Code switch
    {
        0 when PointerToIPv4(error.Rest) is uint pointer => new IcmpError(IcmpType.ParameterProblem, 0, pointer << 24),
        1 => new IcmpError(IcmpType.Unreachable, IcmpType.ProtocolUnreachable, 0),
        _ => null,
    };

    private const uint NextHeaderAt = 6;

    // The position of the faulty field in the other header: version, traffic class, length, hop limit, protocol, source,
    // destination.
    private static uint? PointerToIPv6(byte pointer) => pointer switch
    {
        0 => 0,
        1 => 1,
        2 or 3 => 4,
        8 => 7,
        9 => NextHeaderAt,
        >= 12 and <= 15 => 8,
        >= 16 and <= 19 => 24,
        _ => null,
    };

    private static uint? PointerToIPv4(uint pointer) => pointer switch
    {
        0 => 0,
        1 => 1,
        4 or 5 => 2,
        NextHeaderAt => 9,
        7 => 8,
        >= 8 and <= 23 => 12,
        >= 24 and <= 39 => 16,
        _ => null,
    };
}
