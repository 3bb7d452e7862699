using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Toa.Diagnostics;
using Toa.Tool.Capture;
using Toa.Tool.Formats;
using Toa.Tool.Language;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether packets with TOA options arrive, and whether the provider counts them.</summary>
internal sealed class CaptureCheck : ICheck
{
    public static readonly FindingKind Arrive = new("TOA700", Severity.Ok, $"Packets with TOA options arrive");
    public static readonly FindingKind NoTraffic = new("TOA701", Severity.Info,
        $"No connection came in while packets were captured");
    public static readonly FindingKind NoOption = new("TOA702", Severity.Warning,
        $"Connections came in, but none of their packets had a known TOA option");
    public static readonly FindingKind UnknownFormat = new("TOA703", Severity.Warning,
        $"TCP options with an unknown format arrive");
    public static readonly FindingKind NotCounted = new("TOA704", Severity.Error,
        $"TOA options arrive, but the provider counts none");
    public static readonly FindingKind FormatNotRead = new("TOA705", Severity.Warning,
        $"TOA options arrive, but the provider does not read their format");
    public static readonly FindingKind CannotCapture = new("TOA706", Severity.Warning, $"Packets could not be captured");
    public static readonly FindingKind NotWanted = new("TOA707", Severity.Info,
        $"No packets were captured, because of --seconds 0");
    public static readonly FindingKind Incomplete = new("TOA708", Severity.Info, $"The capture is not complete");
    public static readonly FindingKind Broken = new("TOA709", Severity.Warning,
        $"Packets with malformed options arrive");
    public static readonly FindingKind OnSynOnly = new("TOA710", Severity.Warning,
        $"TOA options arrive on the SYN only, where the provider does not read them");

    public static readonly FindingKind OtherKind = new("TOA711", Severity.Warning,
        $"TCP options of other kinds arrive, which may be the balancer's");

    private const byte TencentOSKind = 200, TencentOSLength = 8;

    private static readonly Message TryAgain = $"Name an interface with --interface, or try again.";

    // All of them are in the JSON output.
    private const int MostShown = 5;

    public Message About => $"packets";

    public IEnumerable<Finding> Run(Examination examination)
    {
        Window window = examination.Window;
        if (window.CaptureProblem is { } problem)
            yield return CannotCapture.Found(problem.What, problem.Cure);
        if (window.Capture is not { } log)
        {
            if (window.CaptureProblem is null)
                yield return NotWanted.Found($"It is not known whether TOA options arrive.",
                    $"Run toa doctor without --seconds 0.");
            yield break;
        }

        if (log.Problem is not null)
            yield return Incomplete.Found($"The capture ended early: {log.Problem}.", TryAgain);
        else if (log.Dropped > 0)
            yield return Incomplete.Found($"{log.Dropped} packets were not captured.", TryAgain);
        if (log.HasMoreToaOptions || log.HasMoreOtherOptions)
            yield return Incomplete.Found(
                $"{string.Join(" ", FullLists(log))}", $"Name a service with --port, or capture for a shorter time with --seconds.");
        if (log.Malformed > 0)
            yield return Broken.Found($"{log.Malformed} segments have a malformed list of options.",
                $"tcpdump -v shows their sender. It is faulty or forges options.");

        Sighting[] unknown = [.. log.Options.Where(sighting => sighting.Option.Readings.Count == 0)];
        if (unknown.Length > 0)
            yield return UnknownFormat.Found(
                $"{Describe(unknown)}. No known format of TOA options has this kind and length.",
                $"If your balancer writes them, ask its vendor for the format. No setting makes a provider read them.");
        Sighting[] companions = [.. log.Options.Where(sighting => sighting.Option.IsCompanion)];
        Sighting[] known = [.. log.Options.Where(sighting => sighting.Option.IsKnown)];
        Sighting[] otherKind = [.. MostPacketsFirst(log.Options.Except(unknown).Except(known))];
        Sighting[] readable = [.. known.Except(companions)];
        if (otherKind.Length > 0)
            yield return OtherKind.Found(
                $"{Describe(otherKind)}.",
                $"If your balancer writes one of these kinds, set the provider to read it. {HowToReadEach(examination, otherKind)}. If "
                + $"another program writes it, do not: its options would be read as clients.");
        if (readable.Length > 0)
            yield return Arrive.Found($"{Describe(known)}.", HowToLoad(examination));
        else if (log.Options.Count == 0 || log.Connections > 0)
            yield return Absent(examination, log, companions, unknown.Length > 0, otherKind.Length > 0);
        foreach (Finding finding in CompareWithProvider(examination, readable))
            yield return finding;
    }

    private static IEnumerable<Message> FullLists(CaptureLog log)
    {
        if (log.HasMoreToaOptions)
            yield return $"The list of known TOA options is full ({CaptureLog.MostToaOptions} entries): later ones are not shown.";
        if (log.HasMoreOtherOptions)
            yield return $"The list of other options is full ({CaptureLog.MostOtherOptions} entries): later ones are not shown.";
    }

    private static IEnumerable<Sighting> MostPacketsFirst(IEnumerable<Sighting> sightings) =>
        sightings.OrderByDescending(sighting => sighting.Packets);

    private static Finding Absent(
        Examination examination, CaptureLog log, Sighting[] companions, bool hasUnknownFormat, bool hasOtherKind)
    {
        string seconds = examination.Window.Duration.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        Message where = examination.Options.Interface is { } name ? (Message)$" on {name}" : $"";
        string[] others =
        [
            .. hasUnknownFormat ? [UnknownFormat.Id] : Array.Empty<string>(),
            .. hasOtherKind ? [OtherKind.Id] : Array.Empty<string>(),
        ];
        Message seen = log.Options.Count == 0
            ? (Message)$"In {seconds} s{where}: {log.Segments} TCP segments with TCP's own options only, {log.Connections} of them SYNs."
            : $"In {seconds} s{where}: {log.Segments} TCP segments, {log.Connections} of them SYNs, and no known TOA option with a client.";
        if (companions.Length > 0)
            seen = $"{seen} Without a client: {Describe(companions)}.";
        if (others.Length > 0)
            seen = $"{seen} For other options, see {string.Join(", ", others)}.";
        return log.Connections > 0
            ? NoOption.Found(
                seen,
                $"If they came through the balancer, check that TOA is enabled for its listener, and that no proxy or firewall on the path "
                + $"removes TCP options. Select the service with --port.")
            : NoTraffic.Found(seen,
                $"Connect through the balancer while toa doctor runs. Use --seconds to wait longer.");
    }

    private static IEnumerable<Finding> CompareWithProvider(Examination examination, Sighting[] readable)
    {
        if (readable.Length == 0 || examination.Provider.Kind == ToaProviderKind.None)
            yield break;

        Sighting[] unread = [.. MostPacketsFirst(readable.Where(sighting => !IsRead(examination, sighting.Option)))];
        if (unread.Length > 0 && ReadsKind200Only(examination))
            yield return FormatNotRead.Found(
                $"{Describe(unread)}. TencentOS's own module reads kind {TencentOSKind} with 8 bytes only.",
                $"Replace it with this project's module: see {ProviderCheck.TencentOS.Id}.");
        else if (unread.Length > 0)
            yield return FormatNotRead.Found(
                $"{Describe(unread)}. The provider reads formats={examination.Setting(FormatSetting.Name)}.",
                HowToRead(examination, unread));

        Sighting[] read = [.. readable.Except(unread)];
        if (read.Length == 0 || !examination.Window.ShowsMoves || Counted(examination.Window))
            yield break;
        if (read.All(sighting => sighting.Places == SegmentPlaces.Syn) && examination.ShowsSettings)
        {
            string command = examination.HowToSet("syn", "Y");
            Message module = $"{command}, and set TCP_SAVE_SYN in the server. See docs/guides/saved-syn.md.";
            Message ebpf = $"{command}, and restart the servers: new listeners save the SYN. See docs/reference/ebpf.md.";
            yield return OnSynOnly.Found($"{Describe(read)}.", examination.IsOurModule ? module : ebpf);
        }
        // Only if a connection was opened: options on connections that existed before are not counted again.
        else if (read.Any(sighting => sighting.Places.HasFlag(SegmentPlaces.Syn))
            || examination.Window.Capture!.Connections > 0)
            yield return NotCounted.Found(
                $"{Describe(read)}, but neither syn_recv_sock_toa nor a counter of refused options rose.",
                $"The options reach this machine, but no server on it. Check that a service listens on the port, that no firewall drops "
                + $"the packets, that no proxy ends the connection, and that the hooks are enabled (TOA301). If the packets are forwarded "
                + $"to a container, run toa doctor in its network namespace.");
    }

    // Each option that the provider reads raises one of these counters.
    private static bool Counted(Window window) =>
        ((string[])["syn_recv_sock_toa", "untrusted", "address_unusable", "no_memory", "option_malformed"])
            .Any(name => window.Moved(name) > 0);

    private static bool IsRead(Examination examination, ToaOption option) => ReadsKind200Only(examination)
        ? option is { Kind: TencentOSKind, Length: TencentOSLength }
        : !examination.ShowsSettings || examination.Formats is null || option.ReadAs is not null;

    private static bool ReadsKind200Only(Examination examination) => examination.Provider.Kind == ToaProviderKind.TencentOS;

    private static Message HowToLoad(Examination examination) =>
        (examination is { Provider.Kind: ToaProviderKind.None, HasEbpf: false } ? FormatAdvice.ToLoad(examination) : null) ?? $"";

    private static Message HowToRead(Examination examination, Sighting[] unread)
    {
        Message command = $"Set the provider to read these options: {FormatAdvice.ToRead(examination, unread)}.";
        string notSeen = string.Join(", ", FormatAdvice.NotSeen(examination, unread));
        return notSeen.Length > 0 ? $"{command} Remove {notSeen} if it is not your balancer's." : command;
    }

    // One command for each kind: usually only one kind is the balancer's, and each further kind would accept other options as
    // TOA options.
    private static Message HowToReadEach(Examination examination, Sighting[] sightings)
    {
        var kinds = sightings.GroupBy(sighting => (sighting.Option.Kind, sighting.Option.Length))
            .Select(group => (group.Key.Kind, group.Key.Length, Packets: group.Sum(sighting => sighting.Packets), Sightings: group))
            .OrderByDescending(kind => kind.Packets).ToArray();
        IEnumerable<Message> shown = kinds.Take(MostShown).Select(kind => (Message)
            $"kind {kind.Kind}, length {kind.Length}, packets {kind.Packets}: {FormatAdvice.ToRead(examination, kind.Sightings)}");
        string text = string.Join("; ", shown);
        return kinds.Length > 1 ? (Message)$"{text}. Each command replaces the whole setting" : $"{text}";
    }

    private static Message Describe(Sighting[] sightings)
    {
        IEnumerable<Message> shown = sightings.Take(MostShown)
            .Select(sighting => (Message)$"{sighting.Option.Describe()} on {PlaceNames.Join(sighting.Places)}");
        string text = string.Join("; ", shown);
        return sightings.Length > MostShown ? (Message)$"{text}; and {sightings.Length - MostShown} more" : $"{text}";
    }
}
