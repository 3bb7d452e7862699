using System;
using Microsoft.Extensions.Logging;
using Toa.LoadBalancing;

namespace Toa.Tool.Balancing;

/// <summary>Passes the log messages of a balancer on.</summary>
internal sealed class BalancerLog(Action<LogLevel, string> tell) : ILogger<LoadBalancer>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    // Not errors: a failure ends the command, and the command reports it.
    public bool IsEnabled(LogLevel logLevel) => logLevel is LogLevel.Information or LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            tell(logLevel, formatter(state, exception));
    }
}
