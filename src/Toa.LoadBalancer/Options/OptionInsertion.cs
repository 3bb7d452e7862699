using System;
using Toa.LoadBalancing.Faults;
using Toa.LoadBalancing.Flows;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Options;

/// <summary>Puts a flow's option among those of a client's segment, and counts what became of it.</summary>
internal static class OptionInsertion
{
    /// <param name="area">The segment's options.</param>
    /// <param name="flow">Whose client to name.</param>
    /// <param name="pathRoom">How many bytes the path leaves for options.</param>
    /// <param name="counters">Where to count it.</param>
    public static void Insert(ref OptionArea area, Flow flow, int pathRoom, CounterSet counters)
    {
        Listener listener = flow.Listener;
        Span<byte> buffer = stackalloc byte[TcpSegmentView.MaxOptionsLength];
        Span<byte> own = buffer[..ToaOption.Write(buffer, listener.Format, flow.Client)];
        int room = Math.Min(TcpSegmentView.MaxOptionsLength, pathRoom);

        if (FaultyInsertion.TryInsert(ref area, own, listener, room, counters) || area.TryInsertFirst(own, room))
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
