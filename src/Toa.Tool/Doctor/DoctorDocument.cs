using System.Collections.Generic;
using System.Linq;
using Toa.Diagnostics;
using Toa.Tool.Capture;
using Toa.Tool.Probing;

namespace Toa.Tool.Doctor;

/// <summary>The result of <c>toa doctor</c>.</summary>
/// <param name="Errors">The number of errors.</param>
/// <param name="Warnings">The number of warnings.</param>
/// <param name="Provider">The provider.</param>
/// <param name="Counters">The counters, and their changes during the capture; empty if the counters are not available.</param>
/// <param name="Capture">The result of the capture; null if there was no capture.</param>
/// <param name="Probe">The test connections; null without <c>--probe</c>.</param>
/// <param name="Findings">The findings, in the order of the checks.</param>
internal sealed record DoctorDocument(
    int Errors, int Warnings, ProviderSeen Provider, IReadOnlyList<CounterSeen> Counters, CaptureSeen? Capture,
    IReadOnlyList<ProbeResult>? Probe, IReadOnlyList<FindingSeen> Findings)
{
    public static DoctorDocument From(Examination examination, IReadOnlyList<Finding> findings) => new(
        findings.Count(finding => finding.Kind.Severity == Severity.Error),
        findings.Count(finding => finding.Kind.Severity == Severity.Warning),
        ProviderSeen.From(examination),
        [.. (examination.Window.After?.Counters ?? [])
            .Select(counter => new CounterSeen(counter.Name, counter.Total, examination.Window.Moved(counter.Name)))],
        examination.Window.Capture is { } log ? CaptureSeen.From(log, examination) : null,
        examination.Probe,
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
    string Kind, bool AnswersIPv6Lookup, bool AnswersInfo, bool AnswersVtoa, IReadOnlyList<string> Modules, string KernelRelease,
    string OperatingSystem, bool IsContainer)
{
    public static ProviderSeen From(Examination examination)
    {
        ToaProvider provider = examination.Provider;
        return new ProviderSeen(
            examination.Provider.Kind.ToString(), provider.AnswersIPv6Lookup, provider.AnswersInfo, provider.AnswersVtoa,
            provider.Modules, provider.KernelRelease, provider.OperatingSystemName, provider.IsContainer);
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

/// <summary>A captured option.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Length">Its length byte.</param>
/// <param name="Bytes">The whole option in hexadecimal.</param>
/// <param name="Readings">Its content, for each format that it may have; empty if its format is unknown.</param>
/// <param name="Balancer">The source of the packet.</param>
/// <param name="Local">The destination of the packet.</param>
/// <param name="Places">The segments that carried it.</param>
/// <param name="Packets">Their number.</param>
internal sealed record OptionSeen(
    int Kind, int Length, string Bytes, IReadOnlyList<ReadingSeen> Readings, string Balancer, string Local, IReadOnlyList<string> Places,
    int Packets)
{
    public static OptionSeen From(Sighting sighting) => new(
        sighting.Option.Kind, sighting.Option.Length, sighting.Option.Bytes,
        [.. sighting.Option.Readings.Select(ReadingSeen.From)], sighting.Option.Balancer.ToString(),
        sighting.Option.Local.ToString(), [.. PlaceNames.Of(sighting.Places)], sighting.Packets);
}

/// <summary>The content of an option, if it has this format.</summary>
/// <param name="Format">The format.</param>
/// <param name="Vendors">The vendors that write options of this kind and format.</param>
/// <param name="Client">The client; null if the format has none.</param>
/// <param name="Virtual">The address to which the client connected; null if the format has none.</param>
/// <param name="NetworkId">The id of the virtual network; null if the format has none.</param>
internal sealed record ReadingSeen(string Format, IReadOnlyList<string> Vendors, string? Client, string? Virtual, uint? NetworkId)
{
    public static ReadingSeen From(OptionReading reading) => new(
        reading.Format.Name, reading.Vendors, reading.Client?.ToString(), reading.Virtual?.ToString(),
        reading.NetworkId == 0 ? null : reading.NetworkId);
}
