using System;
using Toa.Injector.Connections;
using Toa.Injector.Packets;

namespace Toa.Injector;

/// <content>From the SYN to the segment that completes the handshake.</content>
public sealed partial class InjectedConnection
{
    // The MSS that a TCP must assume if its peer announces none (RFC 9293, 3.7.1).
    private const int DefaultPeerMssIPv4 = 536;
    private const int DefaultPeerMssIPv6 = 1220;

    private readonly uint _initialSend;
    private uint _initialReceive;
    private bool _synAckReceived;
    private int _peerMss;
    private bool _timestamps;
    private uint _timestampToEcho;
    private OptionBytes? _handshakeAckOptions;

    private int OwnMss =>
        _request.Mss is > 0 and ushort mss ? mss : _injector.Mtu - _flow.IpHeaderLength - PacketWriter.TcpHeaderLength;

    /// <summary>
    /// Sends the ACK, or the first data, that <see cref="ConnectRequest.SkipAck"/> held back.
    /// </summary>
    /// <param name="options">Option bytes for this position, instead of those in the request.</param>
    public void CompleteHandshake(OptionBytes? options = null)
    {
        lock (_gate)
        {
            ThrowIfEnded("completing the handshake");
            if (_state != InjectedConnectionState.SynAckReceived)
                throw new InvalidOperationException($"No SYN-ACK is waiting to be answered: {Describe()}.");

            if (options is not null)
                CheckOptions(options, nameof(options));
            AnswerSynAck(options);
        }
    }

    internal void Start()
    {
        lock (_gate)
        {
            SendSyn();
            _sendNext = _initialSend + 1;
            StartTimer();
        }
    }

    private void SendSyn() => Transmit(TcpControlBits.Syn, _initialSend, _request.SynOptions, payload: default);

    private void OnSegmentInSynSent(in TcpPacketView segment)
    {
        if (segment.Has(TcpControlBits.Ack) && segment.AcknowledgmentNumber != _sendNext)
        {
            // The server still has an older connection with the same 4-tuple. RST removes it for the next SYN.
            if (!segment.Has(TcpControlBits.Rst))
                Transmit(TcpControlBits.Rst, segment.AcknowledgmentNumber, OptionBytes.None, payload: default);
            return;
        }

        if (segment.Has(TcpControlBits.Rst))
        {
            if (segment.Has(TcpControlBits.Ack))
                End(InjectedConnectionState.ResetByServer);
            return;
        }

        if (segment.Has(TcpControlBits.Syn | TcpControlBits.Ack))
            OnSynAck(segment);
    }

    private void OnSynAck(in TcpPacketView segment)
    {
        _synAckReceived = true;
        _initialReceive = segment.SequenceNumber;
        _receiveNext = _initialReceive + 1;
        _sendUnacknowledged = _sendNext;
        _sendWindow = segment.Window;
        _windowSequence = segment.SequenceNumber;
        _windowAcknowledgment = segment.AcknowledgmentNumber;
        _peerMss = OptionReader.TryReadMss(segment.Options, out ushort mss)
            ? mss
            : _flow.IsIPv4 ? DefaultPeerMssIPv4 : DefaultPeerMssIPv6;
        _timestamps = _request.UseTimestamps
            && OptionReader.TryReadTimestamp(segment.Options, out _timestampToEcho);
        StopTimer();

        if (_request.SkipAck)
            _state = InjectedConnectionState.SynAckReceived;
        else
            AnswerSynAck(options: null);
    }

    private void AnswerSynAck(OptionBytes? options)
    {
        _state = InjectedConnectionState.Established;
        if (_request.FirstData.IsEmpty)
        {
            _handshakeAckOptions = options ?? _request.AckOptions ?? _request.Option;
            SendHandshakeAck();
        }
        else
        {
            // It comes before all data that was passed to Send during the handshake.
            OutgoingSegment[] waiting = [.. _unsent];
            _unsent.Clear();
            Enqueue(_request.FirstData, isFin: false, options ?? _request.FirstDataOptions);
            foreach (OutgoingSegment segment in waiting)
                _unsent.Enqueue(segment);
        }

        SendWhatFits();
    }

    /// <summary>
    /// The server sends its SYN-ACK again while it is in SYN_RECV: the segment that completes the handshake was lost, or the
    /// accept queue was full.
    /// </summary>
    private void OnRepeatedSynAck()
    {
        if (_state == InjectedConnectionState.SynAckReceived)
            return;

        _retransmissions++;
        if (_receiveNext != _initialReceive + 1)
            SendAck();
        else if (_request.FirstData.IsEmpty)
            SendHandshakeAck();
        else if (_inFlight.TryPeek(out OutgoingSegment first))
            Transmit(first);
        else
            SendAck();
    }

    // The sequence number is that of the first byte, even if data has already been sent: a SYN cookie is checked against it.
    private void SendHandshakeAck() =>
        Transmit(TcpControlBits.Ack, _initialSend + 1, _handshakeAckOptions ?? OptionBytes.None, payload: default);
}
