using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Toa.Diagnostics;
using Toa.LoadBalancing.Capture;
using Toa.Tool.Capture;
using Toa.Tool.Language;
using Toa.Tool.Machines;
using Toa.Tool.Output;

namespace Toa.Tool.Doctor.Bundle;

/// <summary>Makes the files of a bundle.</summary>
internal sealed class BundleContents
{
    private const string PacketsName = "packets.pcapng", BeforeName = "counters-before.txt", TableName = "table.txt";

    private readonly Examination _examination;
    private readonly List<BundleEntry> _entries = [];
    private readonly List<BundleGap> _gaps = [];
    private readonly AddressMask? _addresses;
    private readonly TextMask? _texts;
    private readonly HostNames _names;

    private BundleContents(Examination examination, AddressMask? addresses)
    {
        _examination = examination;
        _addresses = addresses;
        _names = HostNames.Of(examination.Machine);
        if (addresses is not null)
            _texts = new TextMask(addresses, _names, MaskOptions(addresses));
    }

    /// <param name="examination">What the doctor has seen.</param>
    /// <param name="addresses">The replacements of addresses; null to leave addresses and names as they are.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>The files, in the order in which they are to be read.</returns>
    public static async Task<IReadOnlyList<BundleEntry>> MakeAsync(
        Examination examination, AddressMask? addresses, CancellationToken stop)
    {
        // For the maintainers: in every language the same.
        UserLanguage.Current = UserLanguage.English;
        BundleContents contents = new(examination, addresses);
        await contents.AddAllAsync(stop);
        string readme = BundleReadme.Write(
            examination, contents._entries, contents._gaps, contents._texts is { } mask ? mask.Mask : null, contents._names.Kept is not null);
        return
        [
            new BundleEntry("README", $"what every file is, what is replaced, and what is missing", Encoding.UTF8.GetBytes(readme)),
            .. contents._entries,
        ];
    }

    private async Task AddAllAsync(CancellationToken stop)
    {
        IReadOnlyList<Finding> findings = Checkup.Run(_examination);
        DoctorDocument found = DoctorDocument.From(_examination, findings);
        StringWriter report = new();
        Report.Write(new Terminal(TextReader.Null, report, TextWriter.Null, isInteractive: false, allowsColors: false), found, findings);
        Add("findings.txt", $"the findings of the doctor", report.ToString());
        string json = JsonSerializer.Serialize(found, ToolJson.Plain.DoctorDocument);
        _entries.Add(new BundleEntry(
            "findings.json", $"the same, as toa doctor --json prints them, with the options that were captured",
            Encoding.UTF8.GetBytes((_texts?.MaskJson(json) ?? json) + "\n")));

        Window window = _examination.Window;
        AddCounters(BeforeName, $"the counters of the provider at the beginning", window.Before);
        AddCounters("counters-after.txt", $"the counters after {window.Duration.TotalSeconds} s", window.After);

        MachineParts machine = new(_examination, _gaps, stop);
        (string table, int count) = await machine.TableAsync(TableName);
        Add(TableName, $"connections with a client: the first {Math.Min(count, MachineParts.MostConnections)} of {count}", table);
        Add("settings.txt", $"the settings for each boot: modprobe.d, modules-load.d, /etc/default/toa-bpf", machine.Settings("settings.txt"));
        Add("module.txt", $"the kernel module: parameters, modinfo, DKMS and the ends of its build logs", await machine.ModuleAsync("module.txt"));
        Add("ebpf.txt", $"the eBPF provider: toa-bpf status, the unit, pins, and other eBPF programs", await machine.EbpfAsync("ebpf.txt"));
        Add("kernel-log.txt", $"the kernel's log, only lines about TOA", await machine.KernelLogAsync("kernel-log.txt"));
        Add("system.txt", $"kernel, distribution, security modules, cgroups", machine.System("system.txt"));
        AddPackets();
    }

    private void Add(string name, Message holds, string text)
    {
        if (text.Length > 0)
            _entries.Add(new BundleEntry(name, holds, Encoding.UTF8.GetBytes(_texts?.Mask(text) ?? text)));
    }

    // The format of toa_stats: toa stats --file reads it.
    private void AddCounters(string name, Message holds, ToaStatistics? statistics)
    {
        if (statistics is null)
        {
            // The cause is known of the end only, and usually the same.
            CannotLookException? problem = _examination.Window.CountersProblem;
            _gaps.Add(new BundleGap(
                name, problem is null || name == BeforeName ? (Message)$"There were no counters." : $"{problem.What} {problem.Cure}"));
            return;
        }

        string processors = statistics.Processors.Count > 0
            ? $"{"",-26}{string.Join(' ', statistics.Processors.Select(processor => $"{processor,10}"))}\n"
            : "";
        Add(name, holds, processors + string.Concat(statistics.Counters.Select(counter =>
            $"{counter.Name + ":",-26}{string.Join(' ', counter.PerProcessor.Select(value => $"{value,10}"))}\n")));
    }

    private void AddPackets()
    {
        Window window = _examination.Window;
        IReadOnlyList<KeptPacket> packets = window.Kept?.Packets ?? [];
        if (packets.Count == 0)
        {
            CannotLookException? problem = window.CaptureProblem;
            _gaps.Add(new BundleGap(PacketsName,
                problem is not null ? (Message)$"{problem.What} {problem.Cure}"
                : window.Capture is null ? (Message)$"With --seconds 0, nothing was captured."
                : $"No packet with a TOA option arrived in {window.Duration.TotalSeconds} s."));
            return;
        }

        PacketMask? mask = _addresses is null ? null : new PacketMask(_addresses, _examination.Formats);
        using MemoryStream file = new();
        using PcapngWriter writer = new(file);
        writer.WriteSection("toa doctor");
        writer.WriteInterface("any", "headers of incoming TCP packets, without link headers and data");
        foreach (KeptPacket packet in packets)
        {
            long microseconds = (packet.Time.UtcDateTime - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
            writer.WritePacket(0, microseconds, isSent: false, mask?.Apply(packet) ?? packet.Headers, "", packet.OriginalLength);
        }

        writer.Flush();
        _entries.Add(new BundleEntry(
            PacketsName, $"the headers of {packets.Count} packets with TOA options, or with malformed ones; no data", file.ToArray()));
    }

    /// <summary>What the findings show of captured options, in hexadecimal.</summary>
    private Dictionary<string, string> MaskOptions(AddressMask mask)
    {
        Dictionary<string, string> masked = [];
        foreach (Sighting sighting in _examination.Window.Capture?.Options ?? [])
        {
            byte[] option = Convert.FromHexString(sighting.Option.Bytes);
            bool isKnown = OptionMask.Apply(option, _examination.Formats, mask);
            masked[sighting.Option.Bytes] = isKnown
                ? Convert.ToHexStringLower(option)
                : Convert.ToHexStringLower(option.AsSpan(0, 2)) + new string('x', 2 * (option.Length - 2));
        }

        return masked;
    }
}
