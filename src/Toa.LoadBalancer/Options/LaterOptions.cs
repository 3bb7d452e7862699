using System;

namespace Toa.LoadBalancing.Options;

/// <summary>
/// Declines, in a client's SYN, the options that later segments would carry: timestamps, SACK blocks and those of Multipath TCP.
/// Negotiated timestamps must be on every segment (RFC 7323), so a TOA option of 40 bytes would never find room.
/// </summary>
internal static class LaterOptions
{
    /// <summary>Overwrites the offers with NOPs: the server then does not answer them, and neither end uses the options.</summary>
    public static void Decline(Span<byte> synOptions)
    {
        TcpOptionReader reader = new(synOptions);
        while (reader.MoveNext())
        {
            if (reader.Kind is TcpOptionKind.Timestamps or TcpOptionKind.SackPermitted or TcpOptionKind.Multipath)
                synOptions[reader.Start..reader.End].Fill(TcpOptionKind.Nop);
        }
    }
}
