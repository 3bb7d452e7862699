using System;
using System.IO;
using Toa.Tool.Machines;
using Toa.Tool.Metrics;

namespace Toa.Tool.Watching;

/// <summary>The result of the last look at the provider, for probes and for Prometheus.</summary>
internal sealed class WatchState(IMachine machine)
{
    private volatile Look _last = new(null, "starting", 0);

    private sealed record Look(string? Kind, string? Problem, int Loads);

    /// <summary>The kind of the provider that serves; null if none does.</summary>
    public string? Kind => _last.Kind;

    /// <summary>The reason if none serves.</summary>
    public string? Problem => _last.Problem;

    public void Set(string? kind, string? problem, int loads) => _last = new Look(kind, problem, loads);

    /// <summary>Whether a provider serves, and its kind or the reason.</summary>
    public (bool IsFine, string Line) Health()
    {
        Look last = _last;
        return last.Problem is { } problem ? (false, problem) : (true, last.Kind ?? "");
    }

    /// <summary>The provider and its counters in the text format of Prometheus.</summary>
    public string Metrics()
    {
        Look last = _last;
        PrometheusText text = new();
        ProviderMetrics.AddProvider(text, last.Kind);
        text.Add("provider_loads_total", "counter", "How often this process loaded the provider or replaced its programs.",
            new PrometheusText.Sample(last.Loads));
        try
        {
            ProviderMetrics.AddCounters(text, machine.ReadStatistics());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // Without a provider there are no counters. A missing series shows that; a zero would be wrong.
        }

        return text.ToString();
    }
}
