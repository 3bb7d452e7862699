using System;
using Toa.LoadBalancing.Faults;
using Toa.LoadBalancing.Flows;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Options;

/// <summary>Inserts the flow's TOA options into the options of a client's segment, and counts the result.</summary>
internal static class OptionInsertion
{
    /// <param name="area">The segment's options.</param>
    /// <param name="flow">The flow with the client's address.</param>
    /// <param name="pathRoom">The number of bytes for options that the path MTU allows.</param>
    /// <param name="counters">The counters to update.</param>
    public static void Insert(ref OptionArea area, Flow flow, int pathRoom, CounterSet counters)
    {
        Listener listener = flow.Listener;
        Span<byte> buffer = stackalloc byte[TcpSegmentView.MaxOptionsLength];
        Span<byte> own = buffer[..listener.Options.Length];
        listener.Options.Write(own, new ToaOptionValues(flow.Client, listener.VirtualAddress, listener.NetworkId));
        int room = Math.Min(TcpSegmentView.MaxOptionsLength, pathRoom);

        if (FaultyInsertion.TryInsert(ref area, own, listener, room) || area.TryInsertFirst(own, room))
        {
            flow.OptionsWritten++;
            counters.OptionsInserted++;
            counters.SackBlocksPruned += area.SackBlocksPruned;
            return;
        }

        bool headerHasRoom = area.CanHold(own.Length, TcpSegmentView.MaxOptionsLength);
        counters.Skipped[(int)(headerHasRoom ? InsertionSkip.Mtu : InsertionSkip.NoRoom)]++;
    }
}
