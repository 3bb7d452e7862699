using System;
using System.Collections.Generic;
using System.Threading;
using Microsoft.Extensions.Logging;

namespace Toa.LoadBalancing.Backends;

/// <summary>
/// Checks the back ends of all listeners with health checks. It has its own thread: a new thread inherits the network
/// namespace of its creator, and the threads of the pool may be in any namespace.
/// </summary>
internal sealed class HealthChecks : IDisposable
{
    private static readonly TimeSpan s_turn = TimeSpan.FromMilliseconds(10);

    private readonly List<BackEndProbe> _probes = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private readonly ILogger _logger;

    public HealthChecks(IEnumerable<Listener> listeners, ILogger logger)
    {
        _logger = logger;
        long now = Environment.TickCount64;
        foreach (Listener listener in listeners)
        {
            if (listener.HealthCheck is not { } options)
                continue;
            foreach (BackEnd backEnd in listener.Scheduler.BackEnds)
                _probes.Add(new BackEndProbe(listener.VirtualAddress, backEnd, options, now));
        }

        _thread = new Thread(Run) { IsBackground = true, Name = "balancer checks" };
    }

    public void Start()
    {
        if (_probes.Count > 0)
            _thread.Start();
    }

    public void Dispose()
    {
        _stop.Cancel();
        if (_probes.Count > 0 && _thread.IsAlive)
            _thread.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        while (!_stop.IsCancellationRequested)
        {
            foreach (BackEndProbe probe in _probes)
                Turn(probe);
            _stop.Token.WaitHandle.WaitOne(s_turn);
        }
    }

    private void Turn(BackEndProbe probe)
    {
        if (probe.Turn(Environment.TickCount64, _stop.Token) is not { } problem)
            return;
        if (probe.IsUp)
            _logger.BackEndUp(probe.Address, probe.VirtualAddress);
        else
            _logger.BackEndDown(probe.Address, probe.VirtualAddress, problem);
    }
}
