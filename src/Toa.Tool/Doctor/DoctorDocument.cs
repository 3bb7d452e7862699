using System.Collections.Generic;
using System.Linq;
using Toa.Diagnostics;
using Toa.Tool.Capture;

namespace Toa.Tool.Doctor;

/// <summary>All that <c>toa doctor</c> has found.</summary>
/// <param name="Errors">How many findings are errors.</param>
/// <param name="Warnings">How many are warnings.</param>
/// <param name="Provider">Who reads options.</param>
/// <param name="Counters">What the counters did meanwhile; empty where there are none.</param>
/// <param name="Capture">What was captured; null where nothing was.</param>
/// <param name="Findings">In the order of the checks.</param>
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
        finding.Kind.Id, finding.Kind.Severity.ToString().ToLowerInvariant(), finding.Kind.Title,
        finding.Seen, finding.Next, finding.Kind.Docs);
}

/// <summary>Who reads options.</summary>
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

/// <summary>A counter, and by how much it moved.</summary>
internal sealed record CounterSeen(string Name, ulong Total, ulong Moved);

/// <summary>What was captured.</summary>
internal sealed record CaptureSeen(
    double Seconds, string? Interface, int Segments, int Connections, int Malformed, uint Dropped,
    IReadOnlyList<OptionSeen> Options)
{
    public static CaptureSeen From(CaptureLog log, Examination examination) => new(
        examination.Window.Duration.TotalSeconds, examination.Options.Interface,
        log.Segments, log.Connections, log.Malformed, log.Dropped, [.. log.Options.Select(OptionSeen.From)]);
}

/// <summary>An option that arrived; a client of null is one that could not be read.</summary>
internal sealed record OptionSeen(
    int Kind, int Length, string Bytes, string? Client, string Balancer, string Local, IReadOnlyList<string> Places, int Packets)
{
    public static OptionSeen From(Sighting sighting) => new(
        sighting.Option.Kind, sighting.Option.Length, sighting.Option.Bytes, sighting.Option.Client?.ToString(),
        sighting.Option.Balancer.ToString(),
        sighting.Option.Local.ToString(), [.. PlaceNames.Of(sighting.Places)], sighting.Packets);
}
