using System;
using System.Diagnostics.Metrics;
using System.Net.Http;
using System.Threading.Tasks;
using FluentAssertions;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Toa.AspNetCore.Tests.Support;
using Toa.PlayedProvider;
using Xunit;

namespace Toa.AspNetCore.Tests.Connections;

/// <summary>An exception from other code ends one connection, but the server continues to accept.</summary>
public sealed class SurvivalTests : PlayedTests
{
    [Fact]
    public async Task A_meter_listener_that_throws()
    {
        await using WebServer server = await WebServer.StartAsync();
        bool isBroken = true;
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "Toa")
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) =>
        {
            if (isBroken)
                throw new InvalidOperationException("A listener's.");
        });
        listener.Start();

        await ExpectEnded(server);
        await ExpectEnded(server);
        isBroken = false;
        await ExpectServed(server);
        server.Log.LinesOf("Toa.AspNetCore").Should().Contain(line => line.Contains("the lookup of its client address failed"));
    }

    [Fact]
    public async Task A_log_that_throws()
    {
        using ThrowingLog log = new();
        await using WebServer server = await WebServer.StartAsync(configure: builder =>
        {
            builder.WebHost.UseToa();
            builder.Logging.AddProvider(log);
        });
        Stage.Use(Provider.None);
        log.IsBroken = true;

        await ExpectEnded(server);
        log.IsBroken = false;
        await ExpectServed(server);
    }

    private static async Task ExpectEnded(WebServer server)
    {
        using Visitor visitor = new(Stage.Nat64, server.Port);
        await visitor.Invoking(v => v.AskAsync()).Should().ThrowAsync<HttpRequestException>();
    }

    private static async Task ExpectServed(WebServer server)
    {
        using Visitor visitor = new(Stage.Nat64, server.Port);
        (await visitor.AskAsync()).Should().NotBeNull();
    }

    /// <summary>Throws for every log message of this project.</summary>
    private sealed class ThrowingLog : ILoggerProvider, ILogger
    {
        public bool IsBroken { get; set; }

        public ILogger CreateLogger(string categoryName) =>
            categoryName.StartsWith("Toa", StringComparison.Ordinal) ? this : NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsBroken)
                throw new InvalidOperationException("A log's.");
        }

        public void Dispose()
        {
        }
    }
}
