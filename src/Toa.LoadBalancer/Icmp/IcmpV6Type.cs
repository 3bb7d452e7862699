namespace Toa.LoadBalancing.Icmp;

/// <summary>ICMPv6 error types.</summary>
internal static class IcmpV6Type
{
    public const byte Unreachable = 1;
    public const byte TooBig = 2;
    public const byte TimeExceeded = 3;
    public const byte ParameterProblem = 4;

    public const byte NoRoute = 0;
    public const byte Prohibited = 1;
    public const byte PortUnreachable = 4;
}
