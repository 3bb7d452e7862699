using System;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Options;

/// <summary>The option bytes of one TCP header while they are rewritten. Their length is always a multiple of 4.</summary>
internal ref struct OptionArea
{
    private readonly Span<byte> _buffer;

    /// <param name="buffer">40 bytes, the maximum in a TCP header.</param>
    /// <param name="options">The valid options of the original header.</param>
    public OptionArea(Span<byte> buffer, ReadOnlySpan<byte> options)
    {
        _buffer = buffer;
        options.CopyTo(buffer);
        Length = options.Length;
    }

    public int Length { get; private set; }

    public readonly Span<byte> Bytes => _buffer[..Length];

    /// <summary>The number of SACK blocks that were removed to make room.</summary>
    public int SackBlocksPruned { get; private set; }

    /// <summary>
    /// Inserts bytes before all others, and prunes the others if there is no room. If there is still no room, it changes
    /// nothing and returns false.
    /// </summary>
    /// <param name="inserted">Complete options, padded to a multiple of 4.</param>
    /// <param name="room">The number of bytes for options in the packet, at most 40.</param>
    public bool TryInsertFirst(scoped ReadOnlySpan<byte> inserted, int room)
    {
        if (!TryMakeRoom(room - inserted.Length))
            return false;

        Bytes.CopyTo(_buffer[inserted.Length..]);
        inserted.CopyTo(_buffer);
        Length += inserted.Length;
        return true;
    }

    /// <summary>Appends bytes after all others, so that they are the last in the header.</summary>
    public bool TryAppend(scoped ReadOnlySpan<byte> appended, int room)
    {
        if (!TryMakeRoom(room - appended.Length))
            return false;

        // This removes an end-of-list option: a parser ignores everything after it.
        Replace(Length, out _);
        appended.CopyTo(_buffer[Length..]);
        Length += appended.Length;
        return true;
    }

    /// <summary>Whether there is room for this number of bytes, if necessary after pruning.</summary>
    public readonly bool CanHold(int inserted, int room)
    {
        Span<byte> pruned = stackalloc byte[TcpSegmentView.MaxOptionsLength];
        return OptionPruner.Prune(Bytes, room - inserted, pruned, out _) >= 0;
    }

    private bool TryMakeRoom(int left)
    {
        if (Length <= left)
            return true;
        if (left < 0 || !Replace(left & ~3, out int pruned))
            return false;
        SackBlocksPruned += pruned;
        return true;
    }

    /// <summary>Rewrites the options without padding between them, pruned to the given length, and padded at the end.</summary>
    private bool Replace(int left, out int pruned)
    {
        Span<byte> compact = stackalloc byte[TcpSegmentView.MaxOptionsLength];
        int length = OptionPruner.Prune(Bytes, left, compact, out pruned);
        if (length < 0)
            return false;

        compact[..length].CopyTo(_buffer);
        Length = (length + 3) & ~3;
        _buffer[length..Length].Fill(TcpOptionKind.Nop);
        return true;
    }
}
