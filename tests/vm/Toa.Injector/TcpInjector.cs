using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Threading;
using Toa.Injector.Connections;
using Toa.Injector.Packets;
using Toa.LoadBalancing;

namespace Toa.Injector;

/// <summary>
/// Simulates TCP clients behind a TUN device, with any option bytes in their headers. One thread reads the device and serves
/// all connections; tens of thousands of them need only memory.
/// </summary>
/// <remarks>Packets that are not TCP for one of the connections are counted, but not answered.</remarks>
public sealed class TcpInjector : IDisposable
{
    // The maximum delay of a retransmission, and of Dispose.
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(50);

    // Timers must run even if packets arrive without a pause.
    private const int PacketsPerTurn = 256;

    private readonly TunDevice _tun;
    private readonly Thread _reader;
    private readonly ConcurrentDictionary<TcpFlow, InjectedConnection> _connections = new();
    private readonly uint _firstSequenceNumber = (uint)Random.Shared.NextInt64();
    private readonly long _started = Stopwatch.GetTimestamp();
    private volatile Exception? _failure;
    private volatile bool _stopping;
    private volatile PacketTap? _tap;
    private long _packetsSent;
    private long _packetsReceived;
    private long _packetsIgnored;
    private long _checksumErrors;

    /// <summary>Takes ownership of a device, and disposes of it at the end.</summary>
    public TcpInjector(TunDevice tun)
    {
        ArgumentNullException.ThrowIfNull(tun);
        _tun = tun;
        _reader = new Thread(ReadLoop) { IsBackground = true, Name = $"injector {tun.Name}" };
        _reader.Start();
    }

    /// <summary>The device.</summary>
    public TunDevice Tun => _tun;

    /// <summary>The number of connections, including those in TIME_WAIT.</summary>
    public int ConnectionCount => _connections.Count;

    /// <summary>Packets passed to the kernel.</summary>
    public long PacketsSent => Interlocked.Read(ref _packetsSent);

    /// <summary>Packets from the kernel, including ignored ones.</summary>
    public long PacketsReceived => Interlocked.Read(ref _packetsReceived);

    /// <summary>Packets from the kernel without a connection: other protocols, or connections that have ended.</summary>
    public long PacketsIgnored => Interlocked.Read(ref _packetsIgnored);

    /// <summary>Segments from the kernel that were dropped because of a wrong TCP checksum, as in every TCP.</summary>
    public long ChecksumErrors => Interlocked.Read(ref _checksumErrors);

    /// <summary>Sees every packet. Defaults to null.</summary>
    public PacketTap? Tap
    {
        get => _tap;
        set => _tap = value;
    }

    internal TimerQueue Timers { get; } = new();

    internal int Mtu => _tun.Mtu;

    /// <summary>Opens a device and simulates clients behind it.</summary>
    public static TcpInjector Open(TunOptions options) => new(TunDevice.Open(options));

    /// <summary>Connects, and waits for the server's SYN-ACK.</summary>
    /// <exception cref="ConnectionResetException">The server refused.</exception>
    /// <exception cref="TimeoutException">The server did not answer within the request's timeout.</exception>
    public InjectedConnection Connect(ConnectRequest request)
    {
        InjectedConnection connection = BeginConnect(request);
        try
        {
            connection.WaitConnected();
            return connection;
        }
        catch
        {
            connection.Abandon();
            throw;
        }
    }

    /// <summary>Sends the SYN and returns; see <see cref="InjectedConnection.WaitConnected"/>.</summary>
    public InjectedConnection BeginConnect(ConnectRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ObjectDisposedException.ThrowIf(_stopping, this);
        ThrowIfFailed();
        CheckClient(request.Client);

        TcpFlow flow = TcpFlow.Between(request.Client, request.Server);
        InjectedConnection connection =
            new(this, request, flow, request.InitialSequenceNumber ?? NextInitialSequenceNumber());
        Register(connection);
        connection.Start();
        return connection;
    }

    /// <summary>Opens many connections, with several handshakes at a time.</summary>
    /// <param name="requests">One for each connection.</param>
    /// <param name="pending">The maximum number of handshakes at a time. If it exceeds the listener's backlog, the kernel drops
    /// SYNs.</param>
    /// <returns>The connections, in the order of their requests.</returns>
    public InjectedConnection[] ConnectMany(IReadOnlyList<ConnectRequest> requests, int pending = 64)
    {
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentOutOfRangeException.ThrowIfLessThan(pending, 1);

        InjectedConnection[] connections = new InjectedConnection[requests.Count];
        int begun = 0;
        try
        {
            for (int i = 0; i < connections.Length; i++)
            {
                while (begun < connections.Length && begun < i + pending)
                {
                    connections[begun] = BeginConnect(requests[begun]);
                    begun++;
                }

                connections[i].WaitConnected();
            }
        }
        catch
        {
            foreach (InjectedConnection connection in connections.AsSpan(0, begun))
                connection.Dispose();
            throw;
        }

        return connections;
    }

    /// <summary>Sends any bytes as an IP packet that belongs to no connection.</summary>
    public void SendRaw(ReadOnlySpan<byte> packet) => Transmit(packet);

    /// <summary>Sends one segment that belongs to no connection, for example one outside of a connection's window.</summary>
    public void SendRaw(TcpPacket packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        Transmit(packet.ToArray());
    }

    /// <summary>Resets the open connections, so that the server does not keep them, and removes the device.</summary>
    public void Dispose()
    {
        if (_stopping)
            return;

        _stopping = true;
        _reader.Join();
        try
        {
            if (_failure is null)
            {
                foreach (InjectedConnection connection in _connections.Values)
                    connection.Dispose();
            }
        }
        catch (IOException)
        {
            // Another program has deleted the interface or set it down, so the server cannot be notified.
        }
        finally
        {
            _tun.Dispose();
            foreach (InjectedConnection connection in _connections.Values)
                connection.Abandon();
        }
    }

    internal void Transmit(ReadOnlySpan<byte> packet)
    {
        _tap?.Invoke(PacketDirection.ToServer, packet);
        _tun.Write(packet);
        Interlocked.Increment(ref _packetsSent);
    }

    internal void Remove(InjectedConnection connection) =>
        _connections.TryRemove(new KeyValuePair<TcpFlow, InjectedConnection>(connection.Flow, connection));

    internal void ThrowIfFailed()
    {
        if (_failure is { } failure)
            throw new IOException($"The reader of {_tun.Name} failed: {failure.Message}", failure);
    }

    private void CheckClient(IPEndPoint client)
    {
        // The kernel silently drops incoming packets whose source is an address of the machine itself.
        foreach (AddressPrefix own in _tun.Addresses)
        {
            if (own.Address.Equals(client.Address))
            {
                throw new ArgumentException(
                    $"{client.Address} is the machine's own address on {_tun.Name}: take another one of {own}.",
                    nameof(client));
            }
        }
    }

    private void Register(InjectedConnection connection)
    {
        while (!_connections.TryAdd(connection.Flow, connection))
        {
            if (!_connections.TryGetValue(connection.Flow, out InjectedConnection? other))
                continue;
            if (other.State != InjectedConnectionState.TimeWait)
            {
                throw new InvalidOperationException(
                    $"There is a connection from {connection.Client} to {connection.Server} already.");
            }

            other.Abandon();
        }
    }

    // Increases with time as RFC 9293 requires, but faster: a server with the same 4-tuple in TIME_WAIT accepts only a SYN with
    // a number above that of the old connection.
    private uint NextInitialSequenceNumber() =>
        _firstSequenceNumber + (uint)Stopwatch.GetElapsedTime(_started).TotalMicroseconds;

    private void ReadLoop()
    {
        byte[] buffer = new byte[ushort.MaxValue];
        try
        {
            while (!_stopping)
            {
                TimeSpan wait = s_tick;
                for (int i = 0; i < PacketsPerTurn; i++)
                {
                    int length = _tun.Read(buffer, wait);
                    if (length == 0)
                        break;
                    OnPacket(buffer.AsSpan(0, length));
                    wait = TimeSpan.Zero;
                }

                RunTimers();
            }
        }
        catch (Exception exception)
        {
            // This thread has no caller that could catch it, so every waiting call throws it.
            _failure = exception;
            foreach (InjectedConnection connection in _connections.Values)
                connection.OnInjectorFailed();
        }
    }

    private void OnPacket(ReadOnlySpan<byte> packet)
    {
        Interlocked.Increment(ref _packetsReceived);
        _tap?.Invoke(PacketDirection.FromServer, packet);

        if (!TcpPacketView.TryParse(packet, out TcpPacketView segment)
            || !_connections.TryGetValue(segment.Flow.Reverse(), out InjectedConnection? connection))
        {
            Interlocked.Increment(ref _packetsIgnored);
        }
        else if (!segment.ChecksumIsCorrect)
        {
            Interlocked.Increment(ref _checksumErrors);
        }
        else
        {
            connection.OnSegment(segment);
        }
    }

    private void RunTimers()
    {
        long now = Environment.TickCount64;
        while (Timers.TryTake(now, out InjectedConnection? connection, out long due))
            connection!.OnTimer(due, now);
    }
}
