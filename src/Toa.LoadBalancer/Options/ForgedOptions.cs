using System;
using System.Collections.Generic;
using System.Linq;

namespace Toa.LoadBalancing.Options;

/// <summary>
/// Removes TOA options that a client wrote itself. Providers accept the first TOA option of a header. On segments without
/// the balancer's own option, that would be the client's. The same is true of each companion.
/// </summary>
/// <param name="formats">The formats that servers read.</param>
internal sealed class ForgedOptions(IEnumerable<ToaOptionFormat> formats)
{
    private readonly HashSet<(int Kind, int Length)> _recognized =
        [.. formats.SelectMany(format => format.Recognized).Select(option => ((int)option.Kind, (int)option.Length))];

    /// <summary>Overwrites each option of one of the formats with NOPs, so that the others keep their offsets.</summary>
    /// <returns>The number of removed options.</returns>
    public int Remove(Span<byte> options)
    {
        int removed = 0;
        TcpOptionReader reader = new(options);
        while (reader.MoveNext())
        {
            if (!_recognized.Contains((reader.Kind, reader.Length)))
                continue;
            options[reader.Start..reader.End].Fill(TcpOptionKind.Nop);
            removed++;
        }

        return removed;
    }
}
