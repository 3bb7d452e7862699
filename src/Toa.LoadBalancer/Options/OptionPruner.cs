using System;

namespace Toa.LoadBalancing.Options;

/// <summary>
/// Makes room among a client's options. What goes, in this order, and no more than is needed: padding (NOPs, and all
/// behind the end of the list); SACK blocks, the last one first, as the first tells of the newest segment. Nothing else:
/// timestamps that were negotiated must be on every segment (RFC 7323), signatures are there to be checked, and what a
/// SYN offers decides over the whole connection.
/// </summary>
internal static class OptionPruner
{
    private const int SackHeadLength = 2;
    private const int SackBlockLength = 8;

    /// <summary>Copies the options without padding, and without as many SACK blocks as must go.</summary>
    /// <param name="options">A sound list.</param>
    /// <param name="room">How many bytes there are.</param>
    /// <param name="destination">At least as long as <paramref name="options"/>.</param>
    /// <param name="sackBlocks">How many SACK blocks went.</param>
    /// <returns>The length, or -1 if all that may go is not enough.</returns>
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
        // The last block to go takes the option's head along.
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
