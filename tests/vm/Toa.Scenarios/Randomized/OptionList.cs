using System;
using System.Collections.Generic;

namespace Toa.Scenarios.Randomized;

/// <summary>The options of a TCP header, separated according to RFC 9293 (3.1).</summary>
/// <param name="Options">The position of each option, without NOPs, up to the end of the list or its malformed part.</param>
/// <param name="BrokenAt">The position where a length is below 2, missing, or past the header's end; null if there is
/// none.</param>
internal sealed record OptionList(IReadOnlyList<(int Offset, byte Kind, int Length)> Options, int? BrokenAt)
{
    public static OptionList Of(ReadOnlySpan<byte> header)
    {
        var options = new List<(int, byte, int)>();
        int at = 0;
        while (at != header.Length && header[at] != 0)
        {
            byte kind = header[at];
            int length = kind == 1 ? 1 : at + 1 == header.Length ? 0 : header[at + 1];
            if (length > header.Length - at || length < (kind == 1 ? 1 : 2))
                return new OptionList(options, at);
            if (kind != 1)
                options.Add((at, kind, length));
            at += length;
        }
        return new OptionList(options, null);
    }
}
