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

    // Milliseconds of Environment.TickCount64; 0 if the timer is off.
    private long _timerDue;

    // The time of this connection's entry in the injector's queue. A later due time needs no second entry: when the first one
    // is due, it queues the timer again.
    private long _timerQueued;

    private int _retries;
    private int _retransmissions;

    /// <summary>Handles a due timer. Called only by the reader thread.</summary>
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
            // Retransmit everything: if the accept queue or the device's own queue is full, consecutive segments are lost.
            _retransmissions += _inFlight.Count;
            foreach (OutgoingSegment segment in _inFlight)
                Transmit(segment);
        }
        else if (_unsent.Count > 0)
        {
            // The window is closed. A segment with an old number makes the server send its current window.
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
