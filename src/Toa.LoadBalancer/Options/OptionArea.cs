using System;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Options;

/// <summary>The option bytes of one TCP header while they are rewritten. Their length stays a multiple of 4.</summary>
internal ref struct OptionArea
{
    private readonly Span<byte> _buffer;

    /// <param name="buffer">40 bytes, the most that a TCP header holds.</param>
    /// <param name="options">What the header held: a sound list.</param>
    public OptionArea(Span<byte> buffer, ReadOnlySpan<byte> options)
    {
        _buffer = buffer;
        options.CopyTo(buffer);
        Length = options.Length;
    }

    public int Length { get; private set; }

    public readonly Span<byte> Bytes => _buffer[..Length];

    /// <summary>How many SACK blocks went to make room.</summary>
    public int SackBlocksPruned { get; private set; }

    /// <summary>
    /// Puts bytes in front of all others, which are pruned if there is no room otherwise. Changes nothing if there is
    /// none even so.
    /// </summary>
    /// <param name="inserted">Whole options, padded to a multiple of 4.</param>
    /// <param name="room">How many bytes the packet has for options, 40 at the most.</param>
    public bool TryInsertFirst(scoped ReadOnlySpan<byte> inserted, int room)
    {
        if (!TryMakeRoom(room - inserted.Length))
            return false;

        Bytes.CopyTo(_buffer[inserted.Length..]);
        inserted.CopyTo(_buffer);
        Length += inserted.Length;
        return true;
    }

    /// <summary>Puts bytes behind all others, so that they are the header's last.</summary>
    public bool TryAppend(scoped ReadOnlySpan<byte> appended, int room)
    {
        if (!TryMakeRoom(room - appended.Length))
            return false;

        // Nobody would look behind an end of the list.
        Replace(Length, out _);
        appended.CopyTo(_buffer[Length..]);
        Length += appended.Length;
        return true;
    }

    /// <summary>Whether there is room for so many bytes, if need be by pruning.</summary>
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

    /// <summary>Replaces all by the same without padding, pruned to what is left, and padded at the end.</summary>
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
