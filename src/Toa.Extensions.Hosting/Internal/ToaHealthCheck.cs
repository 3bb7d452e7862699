using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Toa.Diagnostics;

namespace Toa.Extensions.Hosting.Internal;

/// <summary>Checks whether a provider serves this process, and whether counters that indicate a problem rise.</summary>
internal sealed class ToaHealthCheck : IHealthCheck
{
    private readonly Func<ToaProvider> _detect;
    private readonly Func<ToaStatistics?> _readCounters;
    private readonly bool _isLinux;
    private readonly TroubleWatch _watch;

    public ToaHealthCheck()
        : this(ToaProvider.Detect, ReadCounters, OperatingSystem.IsLinux(), TimeProvider.System)
    {
    }

    internal ToaHealthCheck(
        Func<ToaProvider> detect, Func<ToaStatistics?> readCounters, bool isLinux, TimeProvider time)
    {
        _detect = detect;
        _readCounters = readCounters;
        _isLinux = isLinux;
        _watch = new TroubleWatch(time);
        // Counts from before this process started are not reported.
        _watch.Look(readCounters());
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ToaProvider provider = _detect();
        ToaStatistics? counters = _readCounters();
        IReadOnlyList<string> troubles = _watch.Look(counters);
        IReadOnlyDictionary<string, object> data = Data(provider, counters);
        return Task.FromResult(
            !_isLinux ? HealthCheckResult.Healthy("This operating system has no TOA providers: they require Linux.", data)
            : provider.Kind == ToaProviderKind.None
                ? new HealthCheckResult(context.Registration.FailureStatus, NoProvider(provider), data: data)
            : troubles.Count > 0 ? HealthCheckResult.Degraded(string.Join(" ", troubles), data: data)
            : HealthCheckResult.Healthy(provider.ToString(), data));
    }

    private static ToaStatistics? ReadCounters() =>
        ToaStatistics.TryRead(out ToaStatistics? statistics, out _) ? statistics : null;

    private static string NoProvider(ToaProvider provider) =>
        "No TOA provider serves this process, so clients behind a balancer appear with the balancer's address. Load the kernel "
        + "module or the "
        + (provider.IsContainer ? "eBPF provider on this container's host." : "eBPF provider.");

    private static Dictionary<string, object> Data(ToaProvider provider, ToaStatistics? counters)
    {
        Dictionary<string, object> data = new()
        {
            ["provider"] = provider.Kind.ToString(),
            ["kernel"] = provider.KernelRelease,
            ["operatingSystem"] = provider.OperatingSystemName,
            ["container"] = provider.IsContainer,
        };
        foreach (ToaCounter counter in counters?.Counters ?? [])
            data[counter.Name] = counter.Total;
        return data;
    }
}
