using System;

namespace Toa.LoadBalancing.Options;

/// <summary>
/// Takes TOA options out of what a client sent. Servers believe the first one of a header: where the balancer writes
/// none of its own, or cannot, that would be the client's.
/// </summary>
internal static class ForgedOptions
{
    /// <summary>Turns each option of one of the formats into NOPs, so that all others stay where they are.</summary>
    /// <returns>How many there were.</returns>
    public static int Remove(Span<byte> options, ReadOnlySpan<ToaOptionFormat> formats)
    {
        int removed = 0;
        TcpOptionReader reader = new(options);
        while (reader.MoveNext())
        {
            if (!formats.Contains(new ToaOptionFormat(reader.Kind, (byte)reader.Length)))
                continue;
            options[reader.Start..reader.End].Fill(TcpOptionKind.Nop);
            removed++;
        }

        return removed;
    }
}
