namespace Toa.LoadBalancing.Options;

/// <summary>The kinds of TCP options that the balancer must know, so that it does not break connections.</summary>
internal static class TcpOptionKind
{
    public const byte EndOfList = 0;
    public const byte Nop = 1;
    public const byte MaximumSegmentSize = 2;
    public const byte WindowScale = 3;
    public const byte SackPermitted = 4;
    public const byte Sack = 5;
    public const byte Timestamps = 8;
    public const byte Md5Signature = 19;
    public const byte Authentication = 29;
    public const byte Multipath = 30;
    public const byte FastOpenCookie = 34;
    public const byte EncryptionNegotiation = 69;
    public const byte AccurateEcn0 = 172;
    public const byte AccurateEcn1 = 174;

    /// <summary>Whether TCP itself uses the kind, so that it cannot be a TOA option.</summary>
    public static bool IsTaken(byte kind) =>
        kind is <= Sack or Timestamps or Md5Signature or Authentication or Multipath or FastOpenCookie
            or EncryptionNegotiation or AccurateEcn0 or AccurateEcn1;
}
