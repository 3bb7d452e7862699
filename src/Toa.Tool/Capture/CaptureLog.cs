using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Toa.Shared;
using Toa.Tool.Formats;

namespace Toa.Tool.Capture;

/// <summary>The results of a capture.</summary>
/// <param name="ports">The destination ports to count; empty for all ports.</param>
/// <param name="formats">The provider's setting; null if it is not known.</param>
/// <param name="kept">Keeps the headers of some packets; null to keep only the results.</param>
internal sealed class CaptureLog(IReadOnlyList<int> ports, FormatSetting? formats = null, KeptPackets? kept = null)
{
    /// <summary>
    /// The limits of listed options: for known TOA options, and for all others together. Senders choose the bytes: without
    /// limits they could fill the memory, and with one limit for all they could hide the TOA options.
    /// </summary>
    public const int MostToaOptions = 1000, MostOtherOptions = 100;

    // Merged packets (GRO) can be longer, but only their first bytes matter.
    private const int BufferSize = 64 << 10;

    private readonly Dictionary<ToaOption, Sighting> _options = [];

    // Connections with a client's option, of which no data has come yet.
    private readonly Dictionary<(IPEndPoint Source, IPEndPoint Destination), Sighting> _beforeData = [];

    private int _others;

    /// <summary>Segments with options of any kind.</summary>
    public int Segments { get; private set; }

    /// <summary>SYN segments: requests to open a connection.</summary>
    public int Connections { get; private set; }

    /// <summary>Segments with a malformed list of options.</summary>
    public int Malformed { get; private set; }

    /// <summary>Packets that the kernel dropped because there were too many.</summary>
    public uint Dropped { get; private set; }

    /// <summary>Whether TOA options arrived that are not listed, because their list was full.</summary>
    public bool HasMoreToaOptions { get; private set; }

    /// <summary>Whether other options arrived that are not listed, because their list was full.</summary>
    public bool HasMoreOtherOptions { get; private set; }

    /// <summary>Why the capture ended early, or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>The captured options, in the order of their first packets.</summary>
    public IReadOnlyList<Sighting> Options => [.. _options.Values.OrderBy(sighting => sighting.Number)];

    /// <summary>Captures until it is stopped.</summary>
    public async Task RecordAsync(IPacketSource source, CancellationToken stop)
    {
        byte[] buffer = new byte[BufferSize];
        try
        {
            while (true)
            {
                int length = await source.ReceiveAsync(buffer, stop);
                Record(buffer.AsSpan(0, length));
            }
        }
        catch (OperationCanceledException)
        {
            Dropped += source.TakeDropped();
        }
        // The interface was removed.
        catch (SocketException e)
        {
            Problem = e.Message;
        }
    }

    public void Record(ReadOnlySpan<byte> packet)
    {
        if (!TcpSegment.TryFind(packet, out TcpSegment segment)
            || (ports.Count > 0 && !ports.Contains(segment.DestinationPort)))
            return;
        Segments++;
        if (segment.IsSyn)
            Connections++;

        TcpOptionWalk walk = new(segment.Options);
        bool hasClient = false;
        ToaOption? shown = null;
        while (walk.MoveNext())
        {
            if (ToaOption.Read(walk, segment, formats) is not { } option)
                continue;
            Record(option, PlaceOf(segment));
            hasClient |= option is { IsKnown: true, IsCompanion: false };
            if (kept is not null && (shown is null || (!shown.IsKnown && option.IsKnown)))
                shown = option;
        }

        if (segment.HasData && _beforeData.Count > 0
            && _beforeData.Remove((segment.Source, segment.Destination), out Sighting? before))
            before.IsMissingOnData = !hasClient;

        if (walk.IsBroken)
            Malformed++;
        if (shown is not null || walk.IsBroken)
            kept?.Add(packet, segment, shown, PlaceOf(segment));
    }

    private static SegmentPlaces PlaceOf(in TcpSegment segment) =>
        segment.IsSyn ? SegmentPlaces.Syn : segment.HasData ? SegmentPlaces.Data : SegmentPlaces.Ack;

    private void Record(ToaOption option, SegmentPlaces place)
    {
        if (!_options.TryGetValue(option, out Sighting? sighting))
        {
            if (!HasRoomFor(option))
                return;
            sighting = new Sighting(_options.Count, option);
            _options.Add(option, sighting);
        }

        if (sighting.Places == SegmentPlaces.None && place != SegmentPlaces.Data && option is { IsKnown: true, IsCompanion: false })
            _beforeData.TryAdd((option.Balancer, option.Local), sighting);
        sighting.Places |= place;
        sighting.Packets++;
    }

    private bool HasRoomFor(ToaOption option)
    {
        if (option.IsKnown)
        {
            bool isFull = _options.Count - _others == MostToaOptions;
            HasMoreToaOptions |= isFull;
            return !isFull;
        }

        if (_others == MostOtherOptions)
        {
            HasMoreOtherOptions = true;
            return false;
        }

        _others++;
        return true;
    }
}

/// <summary>A captured option: the segments that carried it, and their number.</summary>
internal sealed class Sighting(int number, ToaOption option)
{
    public int Number => number;

    public ToaOption Option => option;

    public SegmentPlaces Places { get; set; }

    public int Packets { get; set; }

    /// <summary>Whether the first data of the connection came without an option that has a client.</summary>
    public bool IsMissingOnData { get; set; }
}
