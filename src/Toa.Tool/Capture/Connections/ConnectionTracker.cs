using System;
using System.Collections.Generic;
using Toa.Shared;
using Toa.Tool.Formats;

namespace Toa.Tool.Capture.Connections;

/// <summary>Finds the connections with TOA options among captured packets.</summary>
/// <param name="ports">The destination ports to look at; empty for all.</param>
/// <param name="formats">The provider's setting.</param>
/// <param name="show">Called with each connection that has TOA options, when it ends, or when the capture does.</param>
/// <param name="isLive">
/// Whether only new connections are shown, as soon as their handshake and a TOA option are known.
/// </param>
/// <param name="most">
/// The limit of connections in memory: senders could fill the memory without it. If there are more, the oldest ones are shown early.
/// </param>
internal sealed class ConnectionTracker(
    IReadOnlyList<int> ports, FormatSetting formats, Action<CapturedConnection> show, bool isLive = false,
    int most = ConnectionTracker.MostConnections)
{
    public const int MostConnections = 65536;

    private readonly Dictionary<ConnectionKey, LinkedListNode<(ConnectionKey Key, CapturedConnection Connection)>> _connections = [];

    // In the order of their first segments.
    private readonly LinkedList<(ConnectionKey Key, CapturedConnection Connection)> _order = [];

    /// <summary>TCP segments.</summary>
    public long Segments { get; private set; }

    /// <summary>SYN segments: requests to open a connection.</summary>
    public long Syns { get; private set; }

    /// <summary>Segments with a malformed list of options.</summary>
    public long Malformed { get; private set; }

    /// <summary>Connections that were shown or forgotten before their end, because there were too many at once.</summary>
    public long Early { get; private set; }

    /// <summary>Connections that were shown.</summary>
    public long Shown { get; private set; }

    /// <summary>Looks at a packet.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="time">Its time, if it is known.</param>
    /// <param name="packet">The packet from its IP header on.</param>
    /// <returns>Whether it has a complete TCP header.</returns>
    public bool Record(long number, DateTime? time, ReadOnlySpan<byte> packet)
    {
        if (!TcpSegment.TryFind(packet, out TcpSegment segment))
            return false;
        if (ports.Count > 0 && !HasPort(segment))
            return true;
        Segments++;
        ConnectionKey key = ConnectionKey.Of(segment);
        CapturedConnection? connection = segment.IsSyn
            ? Open(key, segment)
            : _connections.GetValueOrDefault(key)?.Value.Connection;
        SegmentPlaces place = PlaceOf(segment, connection);
        if (place.HasFlag(SegmentPlaces.Handshake))
            connection!.Handshake = segment.Options.ToArray();

        TcpOptionWalk walk = new(segment.Options);
        while (walk.MoveNext())
        {
            if (ToaOption.Read(walk, segment, formats) is not { } option)
                continue;
            // Its SYN was not captured, or its handshake is not complete: another host can have forged this segment.
            if (isLive && (connection is null || (connection.Handshake is null && !segment.IsSyn)))
                continue;
            connection ??= Begin(key, new CapturedConnection(segment, null));
            connection.Add(option, place, number, time);
        }

        if (walk.IsBroken)
            Malformed++;
        bool isKnown = isLive && connection is { Handshake: not null, Options.Count: > 0 };
        if (connection is not null && (isKnown || segment.HasFin || segment.HasReset))
            Show(connection);
        return true;
    }

    /// <summary>Shows the connections that are left.</summary>
    public void End()
    {
        foreach ((_, CapturedConnection connection) in _order)
            Show(connection);
        _order.Clear();
        _connections.Clear();
    }

    private static SegmentPlaces PlaceOf(in TcpSegment segment, CapturedConnection? connection)
    {
        if (segment.IsSyn)
            return SegmentPlaces.Syn;
        SegmentPlaces place = segment.HasData ? SegmentPlaces.Data : SegmentPlaces.None;
        if (connection is { Syn: not null, Handshake: null } && segment.HasAck && !segment.HasReset && !segment.HasSyn
            && connection.IsFollowedBy(segment))
            place |= SegmentPlaces.Handshake;
        if (segment.HasFin)
            place |= SegmentPlaces.Fin;
        return place == SegmentPlaces.None ? SegmentPlaces.Ack : place;
    }

    private bool HasPort(in TcpSegment segment)
    {
        foreach (int port in ports)
        {
            if (port == segment.DestinationPort)
                return true;
        }

        return false;
    }

    private CapturedConnection Open(ConnectionKey key, in TcpSegment syn)
    {
        Syns++;
        if (_connections.TryGetValue(key, out var known))
        {
            if (known.Value.Connection.IsOpenedBy(syn))
                return known.Value.Connection;
            Show(known.Value.Connection);
            Remove(known);
        }

        return Begin(key, new CapturedConnection(syn, syn.Sequence) { Syn = syn.Options.ToArray() });
    }

    private CapturedConnection Begin(ConnectionKey key, CapturedConnection connection)
    {
        if (_connections.Count == most)
        {
            var oldest = _order.First!;
            if (!oldest.Value.Connection.IsShown)
                Early++;
            Show(oldest.Value.Connection);
            Remove(oldest);
        }

        _connections.Add(key, _order.AddLast((key, connection)));
        return connection;
    }

    private void Remove(LinkedListNode<(ConnectionKey Key, CapturedConnection Connection)> node)
    {
        _connections.Remove(node.Value.Key);
        _order.Remove(node);
    }

    private void Show(CapturedConnection connection)
    {
        if (connection.IsShown)
            return;
        connection.IsShown = true;
        if (connection.Options.Count == 0)
            return;
        Shown++;
        show(connection);
    }
}
