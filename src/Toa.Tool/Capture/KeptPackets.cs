using System;
using System.Collections.Generic;
using Toa.Shared;

namespace Toa.Tool.Capture;

/// <summary>The headers of a captured packet, from its IP header to the end of its TCP options.</summary>
/// <param name="Time">When it was captured.</param>
/// <param name="Headers">The headers.</param>
/// <param name="OriginalLength">The length of the whole packet.</param>
internal sealed record KeptPacket(DateTimeOffset Time, byte[] Headers, int OriginalLength);

/// <summary>
/// Some packets with options that are not TCP's own, or with malformed ones. Senders choose the options: with limits, one kind of
/// packets cannot hide the others.
/// </summary>
internal sealed class KeptPackets(TimeProvider clock)
{
    private const int MostToaPackets = 200, MostOthers = 50, MostOfOneKind = 20;

    private readonly List<KeptPacket> _packets = [];
    private readonly Dictionary<(byte Kind, byte Length, SegmentPlaces Place), int> _kinds = [];
    private int _others;

    public IReadOnlyList<KeptPacket> Packets => _packets;

    /// <summary>Keeps the headers of a packet, if there are not enough like it.</summary>
    /// <param name="packet">The packet, or its beginning.</param>
    /// <param name="segment">Its segment.</param>
    /// <param name="option">An option that is not TCP's own; null if its options are malformed before there is one.</param>
    /// <param name="place">What the segment is.</param>
    public void Add(ReadOnlySpan<byte> packet, in TcpSegment segment, ToaOption? option, SegmentPlaces place)
    {
        bool isKnown = option?.IsKnown == true;
        var kind = (option?.Kind ?? 0, option?.Length ?? 0, place);
        int ofKind = _kinds.GetValueOrDefault(kind);
        if (ofKind == MostOfOneKind || (isKnown ? _packets.Count - _others == MostToaPackets : _others == MostOthers))
            return;
        _kinds[kind] = ofKind + 1;
        _others += isKnown ? 0 : 1;
        packet.Overlaps(segment.Header, out int at);
        _packets.Add(new KeptPacket(clock.GetUtcNow(), packet[..(at + segment.Header.Length)].ToArray(), at + segment.Length));
    }
}
