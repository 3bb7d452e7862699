using System;
using System.Net;
using System.Threading;
using Toa.Injector.Packets;

namespace Toa.Injector;

/// <summary>
/// One TCP connection, client side, made by <see cref="TcpInjector"/>. The reader thread acknowledges and keeps what
/// arrives; callers send and wait. Safe to use from several threads.
/// </summary>
/// <remarks>
/// Deliberately small: no window scaling, no SACK, no congestion control, and segments out of order are dropped,
/// since the peer on a TUN device loses and reorders next to nothing and sends again what it must.
/// </remarks>
public sealed partial class InjectedConnection : IDisposable
{
    private readonly TcpInjector _injector;
    private readonly ConnectRequest _request;
    private readonly TcpFlow _flow;

    // Guards all that follows, and is what waiters wait on.
    private readonly object _gate = new();

    private InjectedConnectionState _state = InjectedConnectionState.SynSent;

    internal InjectedConnection(TcpInjector injector, ConnectRequest request, TcpFlow flow, uint initialSequenceNumber)
    {
        _injector = injector;
        _request = request;
        _flow = flow;
        _initialSend = initialSequenceNumber;
        _sendUnacknowledged = initialSequenceNumber;
        _sendNext = initialSequenceNumber;
        CheckOptions();
    }

    /// <summary>The transport source.</summary>
    public IPEndPoint Client => _request.Client;

    /// <summary>The server's end.</summary>
    public IPEndPoint Server => _request.Server;

    /// <summary>Where the connection stands now.</summary>
    public InjectedConnectionState State
    {
        get
        {
            lock (_gate)
                return _state;
        }
    }

    /// <summary>How many bytes can be received without waiting.</summary>
    public int Available
    {
        get
        {
            lock (_gate)
                return _received.Count;
        }
    }

    /// <summary>Whether both sides send timestamps.</summary>
    public bool UsesTimestamps
    {
        get
        {
            lock (_gate)
                return _timestamps;
        }
    }

    /// <summary>How many segments were sent more than once, SYNs included.</summary>
    public int Retransmissions
    {
        get
        {
            lock (_gate)
                return _retransmissions;
        }
    }

    /// <summary>The sequence number of the next byte to send, for packets made by hand.</summary>
    public uint NextSequenceNumber
    {
        get
        {
            lock (_gate)
                return _sendNext;
        }
    }

    /// <summary>The sequence number that is expected from the server next, for packets made by hand.</summary>
    public uint NextAcknowledgmentNumber
    {
        get
        {
            lock (_gate)
                return _receiveNext;
        }
    }

    internal TcpFlow Flow => _flow;

    private bool HasEnded => _state is InjectedConnectionState.Closed
        or InjectedConnectionState.ResetByServer
        or InjectedConnectionState.ResetByClient
        or InjectedConnectionState.Abandoned
        or InjectedConnectionState.TimedOut;

    private bool IsSynchronized => !HasEnded
        && _state is not (InjectedConnectionState.SynSent or InjectedConnectionState.SynAckReceived);

    /// <summary>Ends the connection with RST, whatever was sent or received before.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            if (HasEnded)
                return;

            // Before the SYN-ACK there is nothing to acknowledge, but the server may be in SYN_RECV already.
            if (_state == InjectedConnectionState.SynSent)
                Transmit(TcpControlBits.Rst, _sendNext, OptionBytes.None, payload: default);
            else if (_state != InjectedConnectionState.TimeWait)
                Transmit(TcpControlBits.Rst | TcpControlBits.Ack, _sendNext, OptionBytes.None, payload: default);
            End(InjectedConnectionState.ResetByClient);
        }
    }

    /// <summary>Goes silent, as a client whose machine lost its power: nothing is sent or answered any more.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            if (!HasEnded)
                End(InjectedConnectionState.Abandoned);
        }
    }

    /// <summary>Ends the connection with RST if it is still open.</summary>
    public void Dispose() => Reset();

    /// <summary>Wakes all waiters, which then meet the injector's own failure.</summary>
    internal void OnInjectorFailed()
    {
        lock (_gate)
            Monitor.PulseAll(_gate);
    }

    private void End(InjectedConnectionState state)
    {
        _state = state;
        _timerDue = 0;
        _unsent.Clear();
        _inFlight.Clear();
        _injector.Remove(this);
        Monitor.PulseAll(_gate);
    }
}
