using System;
using System.Globalization;
using System.IO;
using System.Text;
using Toa.Diagnostics;
using Toa.Tool.Machines;
using Toa.Tool.Provider;

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

    /// <summary>The counters of the provider in the text format of Prometheus.</summary>
    public string Metrics()
    {
        Look last = _last;
        StringBuilder text = new();
        Add("provider_up", "gauge", "Whether a provider is loaded and serves: 1 or 0.",
            $"{{kind=\"{last.Kind}\",version=\"{ModuleSource.Version}\"}}", last.Kind is null ? 0UL : 1);
        Add("provider_loads_total", "counter", "How often this process loaded the provider or replaced its programs.",
            "", (ulong)last.Loads);
        try
        {
            foreach (ToaCounter counter in machine.ReadStatistics().Counters)
                Add($"{counter.Name}_total", "counter", $"The provider's counter {counter.Name}.", "", counter.Total);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // Without a provider there are no counters. A missing series shows that; a zero would be wrong.
        }

        return text.ToString();

        void Add(string name, string type, string help, string labels, ulong value) => text.Append(
            CultureInfo.InvariantCulture, $"# HELP toa_{name} {help}\n# TYPE toa_{name} {type}\ntoa_{name}{labels} {value}\n");
    }
}
