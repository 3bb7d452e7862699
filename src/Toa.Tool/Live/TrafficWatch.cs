using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Toa.Diagnostics;
using Toa.Tool.Capture.Connections;
using Toa.Tool.Commands;
using Toa.Tool.Language;
using Toa.Tool.Machines;
using Toa.Tool.Metrics;

namespace Toa.Tool.Live;

/// <summary>What <c>toa watch</c> looks at.</summary>
/// <param name="InterfaceName">The interface; null for all.</param>
/// <param name="Ports">The destination ports of connections; empty for all.</param>
/// <param name="Most">The most connections in a second to show; 0 to capture no packets.</param>
/// <param name="Interval">The interval of the counters and the provider.</param>
internal sealed record WatchSettings(string? InterfaceName, IReadOnlyList<int> Ports, int Most, TimeSpan Interval);

/// <summary>Looks at new connections, at the counters and at the provider, and reports them.</summary>
internal sealed class TrafficWatch(IMachine machine, WatchSettings settings, LiveOutput output) : IDisposable
{
    private const int LooksInSecond = 4, MostOfTable = 20;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1.0 / LooksInSecond);

    private ConnectionSample? _sample;
    private Message? _captureProblem;
    private ServingProvider? _provider;
    private ToaStatistics? _statistics;
    private long _lastSample, _lastState;

    /// <exception cref="ToolException">The interface does not exist.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        _lastState = machine.Clock.GetTimestamp();
        if (settings.Most == 0)
            _captureProblem = $"--connections is 0.";
        else
            Open();
        await ReportStateAsync(stop);
        for (int left = LooksOfInterval; ; left--)
        {
            await Task.Delay(_sample is null ? settings.Interval : s_pause, machine.Clock, stop);
            ReportConnections();
            if (_sample is not null && left > 1)
                continue;
            ReopenIfNeeded();
            await ReportStateAsync(stop);
            left = LooksOfInterval + 1;
        }
    }

    public void Dispose() => _sample?.Dispose();

    private int LooksOfInterval => (int)settings.Interval.TotalSeconds * LooksInSecond;

    private void Open()
    {
        try
        {
            _sample = new ConnectionSample(filter => machine.OpenSample(settings.InterfaceName, filter), settings.Ports, settings.Most);
            _lastSample = machine.Clock.GetTimestamp();
            _captureProblem = null;
        }
        catch (CannotLookException e)
        {
            _captureProblem = $"{e.What} {e.Cure}";
        }
    }

    // The interface is there again, or is up again.
    private void ReopenIfNeeded()
    {
        if (_sample is not null || settings.Most == 0)
            return;
        try
        {
            Open();
        }
        catch (ToolException e)
        {
            _captureProblem = $"{e.Message}";
        }

        if (_sample is not null)
            Report($"New connections are shown again.");
    }

    private void ReportConnections()
    {
        if (_sample is null)
            return;
        long now = machine.Clock.GetTimestamp();
        TimeSpan elapsed = machine.Clock.GetElapsedTime(_lastSample, now);
        _lastSample = now;
        try
        {
            DateTimeOffset time = machine.Clock.GetLocalNow();
            foreach (CapturedConnection connection in _sample.Look(_provider!.Rules.Formats, elapsed))
            {
                output.Tell(
                    new LiveEvent("connection", time, Connection: LiveConnection.Of(connection, _provider.Judge(connection))));
            }
        }
        catch (Exception e) when (e is SocketException or CannotLookException or ToolException)
        {
            _captureProblem = $"The capture ended: {e.Message.TrimEnd('.')}. It begins again when the interface is there.";
            Report(_captureProblem);
            _sample.Dispose();
            _sample = null;
        }
    }

    private async Task ReportStateAsync(CancellationToken stop)
    {
        ServingProvider? last = _provider;
        _provider = await ServingProvider.LookAsync(machine, last, stop);
        if (last is not null && _provider.ChangeSince(last) is { } change)
            Report(change);

        long now = machine.Clock.GetTimestamp();
        TimeSpan elapsed = machine.Clock.GetElapsedTime(_lastState, now);
        _lastState = now;
        (ToaStatistics? statistics, string? problem) = ReadCounters();
        if (statistics is not null && _statistics is not null && HasRestarted(statistics, _statistics) && last?.Kind == _provider.Kind)
            Report($"The provider was loaded again: its counters begin at 0.");
        IReadOnlyList<LiveRate>? rates = statistics is null ? null : LiveRate.Of(statistics, _statistics, elapsed);
        Dictionary<string, ulong> held = statistics is null
            ? []
            : ProviderMetrics.Held(statistics).ToDictionary(held => held.Family, held => held.Count);
        _statistics = statistics;
        output.Tell(new LiveEvent("state", machine.Clock.GetLocalNow(), State: new LiveState(
            _provider.Name, _provider.Settings, rates, problem, held, CountOf(elapsed), _captureProblem?.ToString(), ReadTable(),
            output.Lost)));
    }

    private (ToaStatistics? Statistics, string? Problem) ReadCounters()
    {
        try
        {
            return (ProviderFiles.ReadStatistics(machine), null);
        }
        catch (ToolException e)
        {
            return (null, e.Message);
        }
    }

    private static bool HasRestarted(ToaStatistics now, ToaStatistics before) =>
        now.Counters.Any(counter => counter.Total < (before[counter.Name] ?? 0));

    private LiveCount? CountOf(TimeSpan elapsed)
    {
        if (_sample is null)
            return null;
        (double estimated, long shown) = _sample.TakeCounts();
        double seconds = Math.Max(elapsed.TotalSeconds, 0.001);
        return new LiveCount(Math.Round(estimated / seconds, 1), Math.Round(shown / seconds, 1), _sample.Share);
    }

    private ConnectionDocument[]? ReadTable() => _sample is null
        ? ProviderFiles.TryReadStartOfTable(machine, MostOfTable)?.Select(ConnectionDocument.From).ToArray()
        : null;

    private void Report(Message message) =>
        output.Tell(new LiveEvent("message", machine.Clock.GetLocalNow(), Message: message.ToString()));
}
