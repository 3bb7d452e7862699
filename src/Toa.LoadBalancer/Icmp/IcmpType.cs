namespace Toa.LoadBalancing.Icmp;

/// <summary>ICMP error types and codes.</summary>
internal static class IcmpType
{
    public const byte Unreachable = 3;
    public const byte TimeExceeded = 11;
    public const byte ParameterProblem = 12;

    public const byte HostUnreachable = 1;
    public const byte ProtocolUnreachable = 2;
    public const byte PortUnreachable = 3;
    public const byte FragmentationNeeded = 4;
    public const byte HostProhibited = 10;
}
