using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Toa.Shared;

namespace Toa.Tool.Capture;

/// <summary>What a capture has seen.</summary>
/// <param name="ports">The ports that count; all of them if there are none.</param>
/// <param name="kindsRead">The kinds that the settings of the provider name, in addition to the usual ones.</param>
internal sealed class CaptureLog(IReadOnlyList<int> ports, IReadOnlyCollection<byte>? kindsRead = null)
{
    /// <summary>
    /// At most so many options are listed of the kinds that name clients, and of all other kinds together. Senders choose the
    /// bytes: without limits they fill the memory, and with one limit for all kinds they hide the TOA options.
    /// </summary>
    public const int MostToaOptions = 1000, MostOtherOptions = 100;

    // Joined packets are longer, and only their beginnings matter.
    private const int BufferSize = 64 << 10;

    private readonly HashSet<byte> _kinds = [.. ToaOption.Kinds, .. kindsRead ?? []];

    private readonly Dictionary<ToaOption, Sighting> _options = [];

    private int _others;

    /// <summary>Segments with options of any kind.</summary>
    public int Segments { get; private set; }

    /// <summary>Connections that were asked for.</summary>
    public int Connections { get; private set; }

    /// <summary>Segments whose list of options breaks off.</summary>
    public int Malformed { get; private set; }

    /// <summary>Packets that went by unseen, as there were too many.</summary>
    public uint Dropped { get; private set; }

    /// <summary>TOA options arrived that are not listed, as the list of them was full.</summary>
    public bool HasMoreToaOptions { get; private set; }

    /// <summary>Options of other kinds arrived that are not listed, as the list of them was full.</summary>
    public bool HasMoreOtherOptions { get; private set; }

    /// <summary>What ended it before its time, if anything did.</summary>
    public string? Problem { get; private set; }

    /// <summary>The options seen, in the order in which they first were.</summary>
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
        // The interface has gone away.
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
        while (walk.MoveNext())
        {
            if (ToaOption.Read(walk, segment, kindsRead?.Contains(walk.Kind) == true) is { } option)
                Record(option, PlaceOf(segment));
        }

        if (walk.IsBroken)
            Malformed++;
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

        sighting.Places |= place;
        sighting.Packets++;
    }

    private bool HasRoomFor(ToaOption option)
    {
        if (_kinds.Contains(option.Kind))
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

/// <summary>Where, and how often, an option was seen.</summary>
internal sealed class Sighting(int number, ToaOption option)
{
    public int Number => number;

    public ToaOption Option => option;

    public SegmentPlaces Places { get; set; }

    public int Packets { get; set; }
}
