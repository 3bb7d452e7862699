using System;

namespace Toa.LoadBalancing.Options;

/// <summary>
/// Removes TOA options that a client wrote itself. Providers accept the first TOA option of a header. On segments without
/// the balancer's own option, that would be the client's.
/// </summary>
internal static class ForgedOptions
{
    /// <summary>Overwrites each option of one of the formats with NOPs, so that the others keep their offsets.</summary>
    /// <returns>The number of removed options.</returns>
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
