using System;
using Toa.LoadBalancing.Options;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Faults;

/// <summary>Writes the TOA option with an injected fault.</summary>
internal static class FaultyInsertion
{
    /// <summary>
    /// Inserts the TOA option with a fault, if a fault is due and there is room for it. Otherwise it changes nothing and returns
    /// false: the caller must insert the option.
    /// </summary>
    public static bool TryInsert(
        ref OptionArea area, scoped ReadOnlySpan<byte> own, Listener listener, int room)
    {
        if (listener.Faults is not { } faults)
            return false;

        if (faults.IsDue(FaultKind.Truncated) && area.TryAppend(own[..HalfOf(listener.Options.Client.PaddedLength)], room))
            return Count(FaultKind.Truncated, faults);
        if (faults.IsDue(FaultKind.ForgedBefore) && TryInsertTwo(ref area, own, listener, isForgedFirst: true, room))
            return Count(FaultKind.ForgedBefore, faults);
        return faults.IsDue(FaultKind.ForgedAfter) && TryInsertTwo(ref area, own, listener, isForgedFirst: false, room)
            && Count(FaultKind.ForgedAfter, faults);
    }

    // The header's length is a multiple of 4, so the part of the option that is in it must be as well.
    private static int HalfOf(int length) => (length / 2) & ~3;

    private static bool TryInsertTwo(
        ref OptionArea area, scoped ReadOnlySpan<byte> own, Listener listener, bool isForgedFirst, int room)
    {
        // The companions describe the balancer, so they are written once.
        ToaOption option = listener.Options.Client;
        Span<byte> both = stackalloc byte[2 * TcpSegmentView.MaxOptionsLength];
        both = both[..(own.Length + option.PaddedLength)];
        option.Write(
            both[(isForgedFirst ? 0 : own.Length)..],
            new ToaOptionValues(listener.Faults!.ForgedClient, listener.VirtualAddress, listener.NetworkId));
        own.CopyTo(both[(isForgedFirst ? option.PaddedLength : 0)..]);
        return area.TryInsertFirst(both, room);
    }

    private static bool Count(FaultKind kind, ListenerFaults faults)
    {
        faults.Count(kind);
        return true;
    }
}
