using System.Collections.Generic;
using System.Linq;
using Toa.Diagnostics;
using Toa.Tool.Capture;

namespace Toa.Tool.Doctor;

/// <summary>The result of <c>toa doctor</c>.</summary>
/// <param name="Errors">The number of errors.</param>
/// <param name="Warnings">The number of warnings.</param>
/// <param name="Provider">The provider.</param>
/// <param name="Counters">The counters, and their changes during the capture; empty if the counters are not available.</param>
/// <param name="Capture">The result of the capture; null if there was no capture.</param>
/// <param name="Findings">The findings, in the order of the checks.</param>
internal sealed record DoctorDocument(
    int Errors, int Warnings, ProviderSeen Provider, IReadOnlyList<CounterSeen> Counters, CaptureSeen? Capture,
    IReadOnlyList<FindingSeen> Findings)
{
    public static DoctorDocument From(Examination examination, IReadOnlyList<Finding> findings) => new(
        findings.Count(finding => finding.Kind.Severity == Severity.Error),
        findings.Count(finding => finding.Kind.Severity == Severity.Warning),
        ProviderSeen.From(examination),
        [.. (examination.Window.After?.Counters ?? [])
            .Select(counter => new CounterSeen(counter.Name, counter.Total, examination.Window.Moved(counter.Name)))],
        examination.Window.Capture is { } log ? CaptureSeen.From(log, examination) : null,
        [.. findings.Select(FindingSeen.From)]);
}

/// <summary>One finding.</summary>
internal sealed record FindingSeen(string Id, string Severity, string Title, string Seen, string Next, string Docs)
{
    public static FindingSeen From(Finding finding) => new(
        finding.Kind.Id, finding.Kind.Severity.ToString().ToLowerInvariant(), finding.Kind.Title.ToString(),
        finding.Seen.ToString(), finding.Next.ToString(), finding.Kind.Docs.ToString());
}

/// <summary>The provider.</summary>
internal sealed record ProviderSeen(
    string Kind, bool AnswersIPv6Lookup, bool AnswersInfo, IReadOnlyList<string> Modules, string KernelRelease,
    string OperatingSystem,
    bool IsContainer)
{
    public static ProviderSeen From(Examination examination)
    {
        ToaProvider provider = examination.Provider;
        return new ProviderSeen(
            examination.Provider.Kind.ToString(), provider.AnswersIPv6Lookup, provider.AnswersInfo, provider.Modules,
            provider.KernelRelease, provider.OperatingSystemName, provider.IsContainer);
    }
}

/// <summary>A counter, and its change.</summary>
internal sealed record CounterSeen(string Name, ulong Total, ulong Moved);

/// <summary>The result of the capture.</summary>
internal sealed record CaptureSeen(
    double Seconds, string? Interface, int Segments, int Connections, int Malformed, uint Dropped,
    IReadOnlyList<OptionSeen> Options)
{
    public static CaptureSeen From(CaptureLog log, Examination examination) => new(
        examination.Window.Duration.TotalSeconds, examination.Options.Interface,
        log.Segments, log.Connections, log.Malformed, log.Dropped, [.. log.Options.Select(OptionSeen.From)]);
}

/// <summary>A captured option. If its client could not be read, the client is null.</summary>
internal sealed record OptionSeen(
    int Kind, int Length, string Bytes, string? Client, string Balancer, string Local, IReadOnlyList<string> Places, int Packets)
{
    public static OptionSeen From(Sighting sighting) => new(
        sighting.Option.Kind, sighting.Option.Length, sighting.Option.Bytes, sighting.Option.Client?.ToString(),
        sighting.Option.Balancer.ToString(),
        sighting.Option.Local.ToString(), [.. PlaceNames.Of(sighting.Places)], sighting.Packets);
}
