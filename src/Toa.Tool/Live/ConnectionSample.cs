using System;
using System.Collections.Generic;
using System.Net.Sockets;
using Toa.Tool.Capture;
using Toa.Tool.Capture.Connections;
using Toa.Tool.Formats;

namespace Toa.Tool.Live;

/// <summary>New connections with TOA options: all, or a sample if there are many.</summary>
internal sealed class ConnectionSample : IDisposable
{
    // Connections of which the handshake is not complete, and those of which it was a short time ago.
    private const int MostPending = 4096;

    // Packets of one look. More can arrive while it reads.
    private const int MostPackets = 1000;

    // In a small sample, packets are captured during this part of the time: otherwise the kernel would run the filter for each.
    private const double SmallShare = 0.2;
    private const int LooksOfWindow = 2, LooksOfRest = 8;

    private static readonly TimeSpan s_usual = TimeSpan.FromSeconds(1);

    private readonly Func<SampleFilter, IPacketSample> _open;
    private readonly IReadOnlyList<int> _ports;
    private readonly int _most;
    private readonly SampleRate _rate;
    private readonly byte[] _buffer = new byte[SampleFilter.SnapLength];
    private readonly List<CapturedConnection> _found = [];
    private IPacketSample? _packets;
    private ConnectionTracker? _tracker;
    private FormatSetting? _formats;
    private double _credit, _estimated;
    private long _shown, _passed;
    private int _connections, _looks, _rest;
    private TimeSpan _time;

    /// <param name="open">Opens the packets.</param>
    /// <param name="ports">The destination ports; empty for all.</param>
    /// <param name="most">The most connections in a second to return.</param>
    public ConnectionSample(Func<SampleFilter, IPacketSample> open, IReadOnlyList<int> ports, int most)
    {
        (_open, _ports, _most, _credit) = (open, ports, most, most);
        _rate = new SampleRate(most);
        _packets = open(Filter);
    }

    /// <summary>The part of all source ports that is looked at: 1 for all.</summary>
    public double Share => _rate.Share;

    // The part of the time during which packets are captured.
    private double Duty => _rate.Share < SmallShare ? SmallShare : 1;

    private SampleFilter Filter => new(_rate.Share / Duty, _rate.Salt, _ports);

    /// <summary>Looks at the packets that have arrived, and does not wait.</summary>
    /// <param name="formats">The setting of the provider.</param>
    /// <param name="elapsed">The time since the last call.</param>
    /// <returns>New connections with TOA options.</returns>
    /// <exception cref="SocketException">The interface was removed, or is down.</exception>
    /// <exception cref="Machines.CannotLookException">The capture is no longer possible.</exception>
    /// <exception cref="ToolException">The interface does not exist any more.</exception>
    public IReadOnlyList<CapturedConnection> Look(FormatSetting formats, TimeSpan elapsed)
    {
        _credit = Math.Min(_credit + _most * elapsed.TotalSeconds, _most);
        if (_packets is null)
        {
            if (--_rest <= 0)
                Reopen(formats);
            return [];
        }

        if (_tracker is null || _formats?.Text != formats.Text)
            Begin(formats);
        _found.Clear();
        for (int i = 0; i < MostPackets && _packets.Receive(_buffer) is >= 0 and var length; i++)
            _tracker!.Record(0, null, _buffer.AsSpan(0, length));

        (uint passed, uint dropped) = _packets.TakeStatistics();
        if (dropped > 0)
        {
            // Without the segment that completes a handshake, a later one would look like it.
            _found.Clear();
            Begin(formats);
        }

        _passed += passed;
        _connections += _found.Count;
        _estimated += _found.Count / _rate.Share;
        _time += elapsed / Duty;
        _looks++;
        int shown = Math.Min(_found.Count, (int)_credit);
        _credit -= shown;
        _shown += shown;
        IReadOnlyList<CapturedConnection> connections = _found.GetRange(0, shown);
        Adapt(formats, dropped > 0);
        return connections;
    }

    /// <summary>Returns how many connections there were since the last call, and how many of them were returned.</summary>
    public (double Estimated, long Shown) TakeCounts()
    {
        (double, long) counts = (_estimated, _shown);
        (_estimated, _shown) = (0, 0);
        return counts;
    }

    public void Dispose() => _packets?.Dispose();

    // A new filter begins with a new socket. Of some connections, it would have only the last segments: they are forgotten.
    private void Adapt(FormatSetting formats, bool isOverrun)
    {
        bool isSmall = Duty < 1;
        if (!isOverrun && (isSmall ? _looks < LooksOfWindow : _time < s_usual))
            return;
        bool hasChanged = _rate.Update(_passed, _connections, _time, isOverrun);
        (_passed, _connections, _time) = (0, 0, TimeSpan.Zero);
        if (Duty < 1)
        {
            _packets?.Dispose();
            _packets = null;
            _rest = isSmall ? LooksOfRest : 1;
        }
        else if (hasChanged)
        {
            Reopen(formats);
        }
    }

    private void Reopen(FormatSetting formats)
    {
        _packets?.Dispose();
        _packets = null;
        _packets = _open(Filter);
        _looks = 0;
        Begin(formats);
    }

    private void Begin(FormatSetting formats)
    {
        _formats = formats;
        _tracker = new ConnectionTracker([], formats, Add, isLive: true, MostPending);
    }

    // A connection whose handshake was not completed does not exist for a server.
    private void Add(CapturedConnection connection)
    {
        if (connection.Handshake is not null)
            _found.Add(connection);
    }
}
