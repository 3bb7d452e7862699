using System;
using Toa.LoadBalancing.Options;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Faults;

/// <summary>Writes the option as it should not be.</summary>
internal static class FaultyInsertion
{
    /// <summary>
    /// Inserts the option with a fault, if the dice say so and there is room for it. Otherwise nothing is changed, and the
    /// option is still to be inserted.
    /// </summary>
    public static bool TryInsert(
        ref OptionArea area, scoped ReadOnlySpan<byte> own, Listener listener, int room, CounterSet counters)
    {
        if (listener.Dice is not { } dice)
            return false;

        if (dice.Roll(FaultKind.Truncated) && area.TryAppend(own[..HalfOf(own.Length)], room))
            return Count(FaultKind.Truncated, counters);
        if (dice.Roll(FaultKind.ForgedBefore) && TryInsertTwo(ref area, own, listener, isForgedFirst: true, room))
            return Count(FaultKind.ForgedBefore, counters);
        return dice.Roll(FaultKind.ForgedAfter) && TryInsertTwo(ref area, own, listener, isForgedFirst: false, room)
            && Count(FaultKind.ForgedAfter, counters);
    }

    // The header ends at a multiple of 4, and so must what runs past its end.
    private static int HalfOf(int length) => (length / 2) & ~3;

    private static bool TryInsertTwo(
        ref OptionArea area, scoped ReadOnlySpan<byte> own, Listener listener, bool isForgedFirst, int room)
    {
        Span<byte> both = stackalloc byte[2 * TcpSegmentView.MaxOptionsLength];
        both = both[..(2 * own.Length)];
        ToaOption.Write(both[(isForgedFirst ? 0 : own.Length)..], listener.Format, listener.Dice!.ForgedClient);
        own.CopyTo(both[(isForgedFirst ? own.Length : 0)..]);
        return area.TryInsertFirst(both, room);
    }

    private static bool Count(FaultKind kind, CounterSet counters)
    {
        counters.Faults[(int)kind]++;
        return true;
    }
}
