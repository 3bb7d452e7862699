using System;
using System.IO;
using System.Threading;

namespace Toa.Injector;

/// <content>The calls that wait for the server.</content>
public sealed partial class InjectedConnection
{
    /// <summary>
    /// Waits for the server's SYN-ACK, which is answered at once unless <see cref="ConnectRequest.SkipAck"/> is set.
    /// </summary>
    /// <exception cref="ConnectionResetException">The server refused.</exception>
    /// <exception cref="TimeoutException">The server did not answer. The connection continues to try.</exception>
    public void WaitConnected(TimeSpan? timeout = null)
    {
        lock (_gate)
            Wait(static connection => connection._synAckReceived, "the SYN-ACK", timeout);
    }

    /// <summary>Waits until the server has acknowledged everything that was sent, including FIN.</summary>
    public void Flush(TimeSpan? timeout = null)
    {
        lock (_gate)
        {
            Wait(
                static connection => connection._unsent.Count == 0 && connection._inFlight.Count == 0
                    && (connection.IsSynchronized || connection._state == InjectedConnectionState.Closed),
                "the acknowledgment of all data",
                timeout);
        }
    }

    /// <summary>Waits for data and returns the available bytes. Data that arrived before an RST can still be read.</summary>
    /// <returns>The number of bytes; 0 after the server has closed its side and everything is read.</returns>
    public int Receive(Span<byte> buffer, TimeSpan? timeout = null)
    {
        lock (_gate)
        {
            Wait(static connection => connection._received.Count > 0 || connection._finReceived, "data", timeout);
            int length = _received.Read(buffer);
            AnnounceWindow();
            return length;
        }
    }

    /// <summary>Waits until this number of bytes has arrived.</summary>
    /// <exception cref="EndOfStreamException">The server closed its side earlier.</exception>
    public byte[] ReceiveExactly(int count, TimeSpan? timeout = null)
    {
        byte[] bytes = new byte[count];
        long deadline = DeadlineAfter(timeout);
        for (int have = 0; have < count;)
        {
            int length = Receive(bytes.AsSpan(have), LeftUntil(deadline));
            if (length == 0)
            {
                throw new EndOfStreamException(
                    $"The server closed its side after {have} of {count} bytes: {Describe()}.");
            }

            have += length;
        }

        return bytes;
    }

    /// <summary>Waits until the server closes its side, and returns all data before that.</summary>
    public byte[] ReceiveToEnd(TimeSpan? timeout = null)
    {
        long deadline = DeadlineAfter(timeout);
        byte[] buffer = new byte[16 * 1024];
        using MemoryStream all = new();
        int length;
        while ((length = Receive(buffer, LeftUntil(deadline))) > 0)
            all.Write(buffer, 0, length);
        return all.ToArray();
    }

    /// <summary>
    /// Waits until the connection has ended: closed by both sides, reset by one side, abandoned or timed out.
    /// </summary>
    /// <returns>The way in which it ended; TIME_WAIT counts as closed.</returns>
    public InjectedConnectionState WaitClosed(TimeSpan? timeout = null)
    {
        lock (_gate)
        {
            Wait(
                static connection => connection.HasEnded || connection._state == InjectedConnectionState.TimeWait,
                "the end of the connection",
                timeout);
            return _state == InjectedConnectionState.TimeWait ? InjectedConnectionState.Closed : _state;
        }
    }

    private void Wait(Func<InjectedConnection, bool> isDone, string what, TimeSpan? timeout)
    {
        long deadline = DeadlineAfter(timeout);
        while (!isDone(this))
        {
            ThrowIfEnded($"waiting for {what}");
            long left = deadline - Environment.TickCount64;
            if (left <= 0)
                throw new TimeoutException($"Gave up waiting for {what}: {Describe()}.");
            Monitor.Wait(_gate, (int)Math.Min(left, int.MaxValue));
        }
    }

    private long DeadlineAfter(TimeSpan? timeout)
    {
        TimeSpan span = timeout ?? _request.Timeout;
        return span == Timeout.InfiniteTimeSpan
            ? long.MaxValue
            : Environment.TickCount64 + (long)span.TotalMilliseconds;
    }

    private static TimeSpan LeftUntil(long deadline) => deadline == long.MaxValue
        ? Timeout.InfiniteTimeSpan
        : TimeSpan.FromMilliseconds(Math.Max(0, deadline - Environment.TickCount64));

    // Reading frees space. The server does not need to know every byte of it, but must know of it before it stops sending.
    private void AnnounceWindow()
    {
        if (IsSynchronized && !_finReceived && _received.Free - _windowSent >= Math.Min(2 * OwnMss, ReceiveLimit / 2))
            SendAck();
    }

    private void ThrowIfEnded(string what)
    {
        _injector.ThrowIfFailed();
        if (!HasEnded)
            return;

        string message = $"The connection ended before {what}: {Describe()}.";
        throw _state switch
        {
            InjectedConnectionState.ResetByServer => new ConnectionResetException(message),
            InjectedConnectionState.TimedOut => new TimeoutException(message),
            _ => new InvalidOperationException(message),
        };
    }

    private string Describe()
    {
        uint inFlight = _sendNext - _sendUnacknowledged;
        string text = $"{Client} to {Server} is in state {_state}, {inFlight} sequence numbers unacknowledged, "
            + $"{_unsent.Count} writes unsent, server's window {_sendWindow}, {_received.Count} bytes unread, "
            + $"{_retransmissions} retransmissions";
        return _state == InjectedConnectionState.SynSent
            ? text + $" (is {Server} listening, its accept queue not full, and {Client.Address} routed to the device?)"
            : text;
    }
}
