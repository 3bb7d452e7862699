using System;
using System.IO;
using Toa.Diagnostics;
using Toa.Tool.Machines;

namespace Toa.Tool.Metrics;

/// <summary>The metrics of this machine's provider, or of a copy of another machine's counters.</summary>
/// <param name="machine">The machine.</param>
/// <param name="copy">The file with the copy; null for this machine.</param>
internal sealed class MetricsSource(IMachine machine, string? copy)
{
    /// <summary>Whether a provider is loaded, and its kind. A copy is always fine.</summary>
    public (bool IsFine, string Line) Health()
    {
        if (copy is not null)
            return (true, copy);
        ToaProviderKind kind = machine.DetectProvider().Kind;
        return kind == ToaProviderKind.None ? (false, "no provider is loaded") : (true, kind.ToString());
    }

    /// <summary>The metrics in the text format of Prometheus. Without a provider, they are toa_provider_up 0, which alerts need.</summary>
    public string Read()
    {
        PrometheusText text = new();
        if (copy is null)
        {
            ToaProviderKind kind = machine.DetectProvider().Kind;
            ProviderMetrics.AddProvider(text, kind == ToaProviderKind.None ? null : kind.ToString());
        }

        bool isRead = true;
        try
        {
            ProviderMetrics.AddCounters(text, copy is null ? machine.ReadStatistics() : ToaStatistics.Parse(File.ReadAllText(copy)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // A missing series shows that there are no counters; a zero would be wrong.
            isRead = false;
        }

        text.Add("counters_read", "gauge", "Whether the provider's counters could be read: 1 or 0.", new PrometheusText.Sample(isRead ? 1 : 0));
        return text.ToString();
    }
}
