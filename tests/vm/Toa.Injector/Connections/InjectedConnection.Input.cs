using System;
using System.Threading;
using Toa.Injector.Connections;
using Toa.Injector.Packets;

namespace Toa.Injector;

/// <content>The processing of the server's segments.</content>
public sealed partial class InjectedConnection
{
    // The largest window that can be announced without scaling.
    private const int ReceiveLimit = ushort.MaxValue;

    private readonly ByteQueue _received = new(ReceiveLimit);
    private uint _receiveNext;
    private uint _lastAcknowledgmentSent;
    private ushort _windowSent;
    private bool _finReceived;

    /// <summary>Handles one segment from the server. Called only by the reader thread.</summary>
    internal void OnSegment(in TcpPacketView segment)
    {
        lock (_gate)
        {
            if (_state == InjectedConnectionState.SynSent)
                OnSegmentInSynSent(segment);
            else if (!HasEnded)
                OnSegmentSynchronized(segment);
            Monitor.PulseAll(_gate);
        }
    }

    private void OnSegmentSynchronized(in TcpPacketView segment)
    {
        if (segment.Has(TcpControlBits.Rst))
        {
            // RST is accepted only inside the window, as in every TCP.
            if (segment.SequenceNumber - _receiveNext <= (uint)_received.Free)
                End(InjectedConnectionState.ResetByServer);
            return;
        }

        if (segment.Has(TcpControlBits.Syn))
        {
            if (segment.SequenceNumber == _initialReceive)
                OnRepeatedSynAck();
            return;
        }

        if (!segment.Has(TcpControlBits.Ack) || _state == InjectedConnectionState.SynAckReceived)
            return;

        RememberTimestamp(segment);
        if (SequenceNumber.IsAfter(segment.AcknowledgmentNumber, _sendNext))
        {
            SendAck();
            return;
        }

        OnAcknowledgment(segment);
        bool owesAck = OnSequence(segment);
        if (HasEnded)
            return;

        int sent = SendWhatFits();
        if (owesAck && sent == 0)
            SendAck();
    }

    private void RememberTimestamp(in TcpPacketView segment)
    {
        // RFC 7323, 4.3: only from a segment that starts at or before the last acknowledged number.
        if (_timestamps
            && !SequenceNumber.IsAfter(segment.SequenceNumber, _lastAcknowledgmentSent)
            && OptionReader.TryReadTimestamp(segment.Options, out uint value)
            && SequenceNumber.IsAfter(value, _timestampToEcho))
        {
            _timestampToEcho = value;
        }
    }

    private void OnAcknowledgment(in TcpPacketView segment)
    {
        uint sequence = segment.SequenceNumber;
        uint acknowledgment = segment.AcknowledgmentNumber;
        if (SequenceNumber.IsAfter(acknowledgment, _sendUnacknowledged))
        {
            _sendUnacknowledged = acknowledgment;
            while (_inFlight.TryPeek(out OutgoingSegment first) && !SequenceNumber.IsAfter(first.End, acknowledgment))
            {
                _inFlight.Dequeue();
                if (first.IsFin)
                    OnFinAcknowledged();
            }

            RestartTimer();
        }

        // Not from a segment that is older than the source of the current window: its window may be used up.
        if (SequenceNumber.IsAfter(sequence, _windowSequence)
            || (sequence == _windowSequence && !SequenceNumber.IsBefore(acknowledgment, _windowAcknowledgment)))
        {
            _sendWindow = segment.Window;
            _windowSequence = sequence;
            _windowAcknowledgment = acknowledgment;
        }
    }

    /// <returns>Whether the segment must be acknowledged.</returns>
    private bool OnSequence(in TcpPacketView segment)
    {
        ReadOnlySpan<byte> payload = segment.Payload;
        bool fin = segment.Has(TcpControlBits.Fin);
        int known = (int)(_receiveNext - segment.SequenceNumber);
        if (payload.IsEmpty && !fin)
            return known != 0; // a keep-alive or window probe, which requests the current numbers

        if (known < 0 || known > payload.Length || _finReceived)
            return true; // a gap before it, or all of it was received before

        payload = payload[known..];
        int taken = Math.Min(payload.Length, _received.Free);
        _received.Write(payload[..taken]);
        _receiveNext += (uint)taken;
        if (fin && taken == payload.Length)
            OnFin();
        return true;
    }

    private void OnFin()
    {
        _finReceived = true;
        _receiveNext++;
        switch (_state)
        {
            case InjectedConnectionState.Established:
                _state = InjectedConnectionState.CloseWait;
                break;
            case InjectedConnectionState.FinWait1:
                _state = InjectedConnectionState.Closing;
                break;
            case InjectedConnectionState.FinWait2:
                EnterTimeWait();
                break;
        }
    }

    private void OnFinAcknowledged()
    {
        switch (_state)
        {
            case InjectedConnectionState.FinWait1:
                _state = InjectedConnectionState.FinWait2;
                break;
            case InjectedConnectionState.Closing:
                EnterTimeWait();
                break;
            case InjectedConnectionState.LastAck:
                End(InjectedConnectionState.Closed);
                break;
        }
    }
}
