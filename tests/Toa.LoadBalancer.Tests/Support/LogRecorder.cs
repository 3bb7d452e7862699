using System;
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Toa.LoadBalancing.Tests.Support;

/// <summary>Keeps the balancer's log messages.</summary>
internal sealed class LogRecorder : ILogger<LoadBalancer>
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue($"{logLevel}: {formatter(state, exception)}");
}
