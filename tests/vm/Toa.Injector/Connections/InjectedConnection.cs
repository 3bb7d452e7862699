using System;
using System.Net;
using System.Threading;
using Toa.Injector.Packets;

namespace Toa.Injector;

/// <summary>
/// The client side of one TCP connection, created by <see cref="TcpInjector"/>. The reader thread acknowledges and keeps the
/// data that arrives; callers send and wait. Thread-safe.
/// </summary>
/// <remarks>
/// Deliberately small: no window scaling, no SACK, no congestion control. Segments out of order are dropped: on a TUN device,
/// few segments are lost or reordered, and the server retransmits them.
/// </remarks>
public sealed partial class InjectedConnection : IDisposable
{
    private readonly TcpInjector _injector;
    private readonly ConnectRequest _request;
    private readonly TcpFlow _flow;

    // Guards the following fields, and notifies waiting calls.
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

    /// <summary>The transport peer.</summary>
    public IPEndPoint Client => _request.Client;

    /// <summary>The server's end.</summary>
    public IPEndPoint Server => _request.Server;

    /// <summary>The current state of the connection.</summary>
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

    /// <summary>How many segments were sent more than once, including SYNs.</summary>
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

    /// <summary>The next expected sequence number from the server, for packets made by hand.</summary>
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

    /// <summary>Ends the connection with RST, in every state.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            if (HasEnded)
                return;

            // Before the SYN-ACK there is nothing to acknowledge, but the server may already be in SYN_RECV.
            if (_state == InjectedConnectionState.SynSent)
                Transmit(TcpControlBits.Rst, _sendNext, OptionBytes.None, payload: default);
            else if (_state != InjectedConnectionState.TimeWait)
                Transmit(TcpControlBits.Rst | TcpControlBits.Ack, _sendNext, OptionBytes.None, payload: default);
            End(InjectedConnectionState.ResetByClient);
        }
    }

    /// <summary>Stops sending and answering, like a client whose machine has lost its power.</summary>
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

    /// <summary>Wakes all waiting calls, which then throw the injector's failure.</summary>
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
