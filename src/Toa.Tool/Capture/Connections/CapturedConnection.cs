using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using Toa.Shared;

namespace Toa.Tool.Capture.Connections;

/// <summary>The segments from the balancer to the server of one connection: their TOA options, and the handshake.</summary>
internal sealed class CapturedConnection(in TcpSegment first, uint? initialSequence)
{
    /// <summary>The limit of different options. Senders choose the bytes: without a limit they could fill the memory.</summary>
    public const int MostOptions = 8;

    private readonly List<CapturedOption> _options = [];

    /// <summary>The source of the segments: the balancer, if the connection came through one.</summary>
    public IPEndPoint Balancer { get; } = first.Source;

    public IPEndPoint Server { get; } = first.Destination;

    /// <summary>The options of the first SYN; null if it was not captured.</summary>
    public byte[]? Syn { get; set; }

    /// <summary>The options of the segment that completes the handshake; null if it was not captured.</summary>
    public byte[]? Handshake { get; set; }

    /// <summary>
    /// The options that may be TOA options: first those of the segment that completes the handshake, then those of the SYN, then all
    /// others, each in their order.
    /// </summary>
    public IReadOnlyList<CapturedOption> Options => _options;

    /// <summary>Whether it has more different options than <see cref="MostOptions"/>.</summary>
    public bool HasMoreOptions { get; private set; }

    /// <summary>Whether it was shown, because it has ended.</summary>
    public bool IsShown { get; set; }

    /// <summary>Whether a SYN belongs to this connection. If not, it opens another one between the same ends.</summary>
    public bool IsOpenedBy(in TcpSegment syn) => initialSequence == syn.Sequence;

    /// <summary>Whether a segment is the first behind the SYN. If it is not, the end of the handshake was not captured.</summary>
    public bool IsFollowedBy(in TcpSegment segment) => initialSequence + 1 == segment.Sequence;

    public void Add(ToaOption option, SegmentPlaces place, long packet, DateTime? time)
    {
        CapturedOption known = _options.FirstOrDefault(other => other.Option == option) ?? new CapturedOption(option, packet, time);
        int before = known.Rank;
        known.Places |= place;
        if (known.Rank == before)
            return;
        // Other hosts can forge segments outside the handshake: their options neither come first nor fill the list.
        _options.Remove(known);
        _options.Insert(_options.FindLastIndex(other => other.Rank <= known.Rank) + 1, known);
        if (_options.Count <= MostOptions)
            return;
        HasMoreOptions = true;
        _options.RemoveAt(MostOptions);
    }
}

/// <summary>An option of a connection.</summary>
/// <param name="option">The option.</param>
/// <param name="packet">The number of the first packet that carried it.</param>
/// <param name="time">The time of that packet.</param>
internal sealed class CapturedOption(ToaOption option, long packet, DateTime? time)
{
    public ToaOption Option => option;

    public long Packet => packet;

    public DateTime? Time => time;

    public SegmentPlaces Places { get; set; }

    /// <summary>The order in the list: a provider reads the handshake, or else the SYN. It is 3 before the first segment is added.</summary>
    public int Rank =>
        Places.HasFlag(SegmentPlaces.Handshake) ? 0 : Places.HasFlag(SegmentPlaces.Syn) ? 1 : Places == SegmentPlaces.None ? 3 : 2;
}
