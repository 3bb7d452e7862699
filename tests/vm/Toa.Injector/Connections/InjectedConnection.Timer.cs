using System;
using System.Threading;
using Toa.Injector.Connections;

namespace Toa.Injector;

/// <content>Retransmission, window probes and the end of TIME_WAIT.</content>
public sealed partial class InjectedConnection
{
    private const int LongestInterval = 4000;
    private const int TimeWaitInterval = 1000;
    private const int MostRetries = 15;

    // Milliseconds of Environment.TickCount64; 0 if nothing is awaited.
    private long _timerDue;

    // For when this connection stands in the injector's queue. A later due time needs no second entry: the first one
    // looks and enters itself anew.
    private long _timerQueued;

    private int _retries;
    private int _retransmissions;

    /// <summary>Does what is due. Called by the reader thread alone.</summary>
    internal void OnTimer(long queuedFor, long now)
    {
        lock (_gate)
        {
            if (queuedFor != _timerQueued)
                return;

            _timerQueued = 0;
            if (_timerDue == 0 || HasEnded)
                return;

            if (now < _timerDue)
            {
                QueueTimer();
                return;
            }

            OnTimerDue();
            Monitor.PulseAll(_gate);
        }
    }

    private void OnTimerDue()
    {
        if (_state == InjectedConnectionState.TimeWait)
        {
            End(InjectedConnectionState.Closed);
            return;
        }

        if (_retries == MostRetries)
        {
            End(InjectedConnectionState.TimedOut);
            return;
        }

        _retries++;
        if (_state == InjectedConnectionState.SynSent)
        {
            _retransmissions++;
            SendSyn();
        }
        else if (_inFlight.Count > 0)
        {
            // All of it: what is lost on a TUN device is lost in a row, where the accept queue or the device's own is
            // full.
            _retransmissions += _inFlight.Count;
            foreach (OutgoingSegment segment in _inFlight)
                Transmit(segment);
        }
        else if (_unsent.Count > 0)
        {
            // The window is closed. A segment with an old number makes the server tell its current one.
            Transmit(TcpControlBits.Ack, _sendUnacknowledged - 1, CurrentOption, payload: default);
        }

        StartTimer();
    }

    private void StartTimer()
    {
        double first = Math.Max(1, _request.RetransmitAfter.TotalMilliseconds);
        double interval = Math.Min(first * Math.Pow(2, _retries), Math.Max(first, LongestInterval));
        _timerDue = Environment.TickCount64 + (long)interval;
        QueueTimer();
    }

    private void RestartTimer()
    {
        StopTimer();
        if (_inFlight.Count > 0 || _unsent.Count > 0)
            StartTimer();
    }

    private void StopTimer()
    {
        _retries = 0;
        _timerDue = 0;
    }

    private void EnterTimeWait()
    {
        _state = InjectedConnectionState.TimeWait;
        StopTimer();
        _timerDue = Environment.TickCount64 + TimeWaitInterval;
        QueueTimer();
    }

    private void QueueTimer()
    {
        if (_timerQueued != 0 && _timerQueued <= _timerDue)
            return;

        _timerQueued = _timerDue;
        _injector.Timers.Add(this, _timerDue);
    }
}
