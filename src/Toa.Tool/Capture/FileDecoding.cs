using System;
using System.Collections.Generic;
using System.Threading;
using Toa.Tool.Capture.Connections;
using Toa.Tool.Capture.Files;
using Toa.Tool.Language;

namespace Toa.Tool.Capture;

/// <summary>Reads a capture file for a tracker. It can be ended while it waits for the next packet of a pipe.</summary>
internal sealed class FileDecoding(CaptureReader reader, ConnectionTracker tracker)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, long> _unknownLinks = [];
    private long _cut, _firstCut;
    private bool _isOver;

    /// <summary>The packets up to now.</summary>
    public long Packets { get; private set; }

    /// <summary>Reads until the file or <see cref="End"/> ends it.</summary>
    public void Run()
    {
        while (reader.Read())
        {
            lock (_gate)
            {
                if (_isOver)
                    return;
                Record();
            }
        }
    }

    /// <summary>Shows the connections that are left.</summary>
    /// <returns>What could not be decoded.</returns>
    public List<Message> End()
    {
        lock (_gate)
        {
            _isOver = true;
            tracker.End();
            return [.. Warnings()];
        }
    }

    // Of a packet without a complete TCP header.
    private static bool MayBeTcp(ReadOnlySpan<byte> packet) =>
        packet.Length < 10 || packet[packet[0] >> 4 == 4 ? 9 : 6] == 6;

    private void Record()
    {
        Packets = reader.Number;
        if (!LinkLayer.IsKnown(reader.LinkType))
        {
            _unknownLinks.TryAdd(reader.LinkType, reader.Number);
            return;
        }

        ReadOnlySpan<byte> packet = LinkLayer.FindIP(reader.LinkType, reader.Packet);
        if (!tracker.Record(reader.Number, reader.Time, packet) && reader.IsCut && MayBeTcp(packet) && _cut++ == 0)
            _firstCut = reader.Number;
    }

    private IEnumerable<Message> Warnings()
    {
        if (reader.Problem is { } problem)
            yield return $"packet {Packets + 1}: {problem}. The packets before it are decoded.";
        foreach ((int link, long packet) in _unknownLinks)
            yield return $"packet {packet}: the link type {link} is not known, and its packets are left out. Capture with tcpdump -i any.";
        if (_cut > 0)
            yield return $"packet {_firstCut}: it was cut before the end of its TCP header, and so were {_cut - 1} others. Capture with "
                + $"tcpdump -s 0.";
        if (tracker.Early > 0)
            yield return $"there were more than {ConnectionTracker.MostConnections} connections at once: {tracker.Early} of them were "
                + $"judged before their end. Select a service with --port.";
    }
}
