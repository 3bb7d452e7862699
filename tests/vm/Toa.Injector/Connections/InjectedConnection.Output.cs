using System;
using System.Buffers;
using System.Collections.Generic;
using Toa.Injector.Connections;
using Toa.Injector.Packets;

namespace Toa.Injector;

/// <content>The sent segments, and their option bytes.</content>
public sealed partial class InjectedConnection
{
    private const int MssLength = 4;
    private const int PaddedTimestampsLength = 12;

    private readonly Queue<OutgoingSegment> _unsent = new(0);
    private readonly Queue<OutgoingSegment> _inFlight = new(0);

    // The part of the queue's first entry that has already been sent.
    private int _sentOfFirst;

    private uint _sendUnacknowledged;
    private uint _sendNext;
    private ushort _sendWindow;
    private uint _windowSequence;
    private uint _windowAcknowledgment;
    private bool _finQueued;

    /// <summary>
    /// Queues data and sends as much as the server's window allows, now and when the window opens. Never blocks; see
    /// <see cref="Flush"/>. Each call starts a new segment.
    /// </summary>
    /// <param name="data">The bytes.</param>
    /// <param name="options">Option bytes for these segments, instead of those in the request.</param>
    public void Send(ReadOnlySpan<byte> data, OptionBytes? options = null)
    {
        if (options is not null)
            CheckOptions(options, nameof(options));

        lock (_gate)
        {
            ThrowIfEnded("sending");
            if (_finQueued)
                throw new InvalidOperationException($"The output is closed already: {Describe()}.");
            if (data.IsEmpty)
                return;

            Enqueue(data.ToArray(), isFin: false, options);
            SendWhatFits();
        }
    }

    /// <summary>Sends FIN after all data: the server reads the end of the stream, and may still send.</summary>
    /// <param name="options">Option bytes for that segment, instead of those in the request.</param>
    public void CloseOutput(OptionBytes? options = null)
    {
        if (options is not null)
            CheckOptions(options, nameof(options));

        lock (_gate)
        {
            ThrowIfEnded("closing the output");
            if (_finQueued)
                return;

            _finQueued = true;
            Enqueue(ReadOnlyMemory<byte>.Empty, isFin: true, options);
            SendWhatFits();
        }
    }

    /// <summary>
    /// Sends an additional bare ACK, for example with an option on a connection that has been open for a long time.
    /// </summary>
    public void SendAck(OptionBytes options)
    {
        ArgumentNullException.ThrowIfNull(options);
        CheckOptions(options, nameof(options));
        lock (_gate)
        {
            ThrowIfEnded("sending an ACK");
            if (!IsSynchronized)
                throw new InvalidOperationException($"The handshake is not complete: {Describe()}.");
            Transmit(TcpControlBits.Ack, _sendNext, options, payload: default);
        }
    }

    private void Enqueue(ReadOnlyMemory<byte> data, bool isFin, OptionBytes? options) =>
        _unsent.Enqueue(new OutgoingSegment(Start: 0, data, isFin, EndsWrite: true, options));

    /// <returns>The number of sent segments.</returns>
    private int SendWhatFits()
    {
        if (!IsSynchronized)
            return 0;

        int sent = 0;
        ReadOnlyMemory<byte> rest = default;
        while (_unsent.TryPeek(out OutgoingSegment next))
        {
            if (rest.IsEmpty)
                rest = next.Data[_sentOfFirst..];

            uint inFlight = _sendNext - _sendUnacknowledged;
            int window = _sendWindow - (int)Math.Min(inFlight, _sendWindow);
            int segmentSize = SegmentSize(next);
            int wanted = next.IsFin ? 1 : Math.Min(rest.Length, segmentSize);

            // Send a partial segment only if no other segment would make the server answer (silly window avoidance).
            if (window < wanted && (inFlight > 0 || window == 0))
                break;

            int length = next.IsFin ? 0 : Math.Min(wanted, window);
            OutgoingSegment segment = next with
            {
                Start = _sendNext,
                Data = rest[..length],
                EndsWrite = length == rest.Length,
            };
            rest = rest[length..];
            _sentOfFirst += length;
            if (rest.IsEmpty)
            {
                _unsent.Dequeue();
                _sentOfFirst = 0;
            }

            _inFlight.Enqueue(segment);
            _sendNext = segment.End;
            if (segment.IsFin)
                OnFinSent();
            Transmit(segment);
            sent++;
        }

        if (_timerDue == 0 && (_inFlight.Count > 0 || _unsent.Count > 0))
            StartTimer();
        return sent;
    }

    private int SegmentSize(in OutgoingSegment segment)
    {
        // The MSS does not include options (RFC 6691), so they reduce the data.
        int options = OptionsFor(segment).Length + (_timestamps ? PaddedTimestampsLength : 0);
        return Math.Max(1, Math.Min(_peerMss, OwnMss) - options);
    }

    private OptionBytes OptionsFor(in OutgoingSegment segment) =>
        segment.Options ?? (segment.IsFin ? null : _request.DataOptions) ?? CurrentOption;

    // Balancers compare acknowledgment numbers: they add the option until the client has acknowledged data from the server.
    private OptionBytes CurrentOption =>
        _request.Option is not null && _receiveNext == _initialReceive + 1 ? _request.Option : OptionBytes.None;

    private void OnFinSent() => _state = _state == InjectedConnectionState.CloseWait
        ? InjectedConnectionState.LastAck
        : InjectedConnectionState.FinWait1;

    private void SendAck() => Transmit(TcpControlBits.Ack, _sendNext, CurrentOption, payload: default);

    private void Transmit(in OutgoingSegment segment)
    {
        TcpControlBits flags = TcpControlBits.Ack
            | (segment.IsFin ? TcpControlBits.Fin : 0)
            | (segment.EndsWrite && !segment.IsFin ? TcpControlBits.Psh : 0);
        Transmit(flags, segment.Start, OptionsFor(segment), segment.Data.Span);
    }

    private void Transmit(TcpControlBits flags, uint sequenceNumber, OptionBytes? given, ReadOnlySpan<byte> payload)
    {
        bool acknowledges = (flags & TcpControlBits.Ack) != 0;
        bool isSyn = (flags & TcpControlBits.Syn) != 0;
        Span<byte> options = stackalloc byte[OptionBytes.MaxLength + MssLength + PaddedTimestampsLength];
        options = options[..ComposeOptions(options, given ?? OptionBytes.None, isSyn)];

        TcpFields fields = new(
            sequenceNumber, acknowledges ? _receiveNext : 0, flags, (ushort)_received.Free);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PacketWriter.LengthOf(_flow, options.Length, payload.Length));
        int length = PacketWriter.Write(buffer, _flow, fields, options, payload);
        _injector.Transmit(buffer.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(buffer);

        if (acknowledges)
        {
            _lastAcknowledgmentSent = _receiveNext;
            _windowSent = fields.Window;
        }
    }

    private int ComposeOptions(Span<byte> destination, OptionBytes given, bool isSyn)
    {
        OptionBytes own = OptionBytes.None;
        if (isSyn && _request.Mss != 0)
            own += OptionBytes.Mss((ushort)OwnMss);
        if (isSyn ? _request.UseTimestamps : _timestamps)
            own += OptionBytes.Nop(2) + OptionBytes.Timestamps((uint)Environment.TickCount64, _timestampToEcho);

        bool givenFirst = _request.Placement == OptionPlacement.First;
        ReadOnlySpan<byte> first = givenFirst ? given.Span : own.Span;
        ReadOnlySpan<byte> second = givenFirst ? own.Span : given.Span;
        first.CopyTo(destination);
        second.CopyTo(destination[first.Length..]);
        return first.Length + second.Length;
    }

    /// <summary>Throws if option bytes do not fit. Otherwise the reader thread would fail later, when it sends them.</summary>
    private void CheckOptions()
    {
        int timestamps = _request.UseTimestamps ? PaddedTimestampsLength : 0;
        int synLength = timestamps + (_request.Mss == 0 ? 0 : MssLength);
        PacketWriter.CheckOptions(
            synLength + (_request.SynOptions?.Length ?? 0), nameof(ConnectRequest.SynOptions));
        CheckOptions(_request.Option, nameof(ConnectRequest.Option));
        CheckOptions(_request.AckOptions, nameof(ConnectRequest.AckOptions));
        CheckOptions(_request.FirstDataOptions, nameof(ConnectRequest.FirstDataOptions));
        CheckOptions(_request.DataOptions, nameof(ConnectRequest.DataOptions));
    }

    private void CheckOptions(OptionBytes? options, string parameter) => PacketWriter.CheckOptions(
        (options?.Length ?? 0) + (_request.UseTimestamps ? PaddedTimestampsLength : 0), parameter);
}
