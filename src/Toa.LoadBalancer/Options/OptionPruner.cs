using System;

namespace Toa.LoadBalancing.Options;

/// <summary>
/// Makes room in a client's options. It removes padding (NOPs, and everything after the end of the list), and then as many
/// SACK blocks as necessary. The last block goes first, because the first one reports the newest segment. It removes nothing
/// else: negotiated timestamps must be on every segment (RFC 7323), the receiver checks signatures, and the options of a SYN
/// apply to the whole connection.
/// </summary>
internal static class OptionPruner
{
    private const int SackHeadLength = 2;
    private const int SackBlockLength = 8;

    /// <summary>Copies the options without padding, and with only as many SACK blocks as fit.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="room">The available number of bytes.</param>
    /// <param name="destination">At least as long as <paramref name="options"/>.</param>
    /// <param name="sackBlocks">The number of removed SACK blocks.</param>
    /// <returns>The length, or -1 if the options do not fit.</returns>
    public static int Prune(ReadOnlySpan<byte> options, int room, Span<byte> destination, out int sackBlocks)
    {
        int excess = LengthWithoutPadding(options) - room;
        int length = 0;
        sackBlocks = 0;
        TcpOptionReader reader = new(options);
        while (reader.MoveNext())
        {
            int kept = reader.Kind == TcpOptionKind.Sack && excess > 0
                ? PruneSack(reader.Length, ref excess, ref sackBlocks)
                : reader.Length;
            options.Slice(reader.Start, kept).CopyTo(destination[length..]);
            if (kept > 0)
                destination[length + 1] = (byte)kept;
            length += kept;
        }

        return excess > 0 ? -1 : length;
    }

    private static int PruneSack(int length, ref int excess, ref int sackBlocks)
    {
        int blocks = (length - SackHeadLength) / SackBlockLength;
        int gone = Math.Min(blocks, (excess + SackBlockLength - 1) / SackBlockLength);
        // If no block is left, the head of the option goes too.
        int kept = gone == blocks ? 0 : length - (gone * SackBlockLength);
        sackBlocks += gone;
        excess -= length - kept;
        return kept;
    }

    private static int LengthWithoutPadding(ReadOnlySpan<byte> options)
    {
        int length = 0;
        TcpOptionReader reader = new(options);
        while (reader.MoveNext())
            length += reader.Length;
        return length;
    }
}
