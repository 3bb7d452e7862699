using System;
using System.Collections.Generic;
using Toa.Diagnostics;
using Toa.Shared;
using Toa.Tool.Language;
using Toa.Tool.Machines;
using Toa.Tool.Provider;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether the eBPF provider is complete, and serves this process.</summary>
internal sealed class EbpfCheck : ICheck
{
    public static readonly FindingKind NotWhole = new("TOA305", Severity.Error,
        $"The eBPF provider is loaded, but incomplete");
    public static readonly FindingKind NotHere = new("TOA306", Severity.Warning,
        $"The eBPF provider does not serve this process");
    public static readonly FindingKind WithoutFiles = new("TOA307", Severity.Info,
        $"The eBPF provider's files stats and table are missing");

    // The message of toa-bpf if even root is not allowed to look.
    private const string MissingCapability = "CAP_SYS_ADMIN is missing";

    private const string PinnedIn = "sys/fs/bpf";

    public Message About => $"the eBPF provider";

    public IEnumerable<Finding> Run(Examination examination)
    {
        string? problem = examination.Ebpf?.Problem;
        bool mayLook = problem is null
            || (examination.Machine.IsPrivileged && !problem.Contains(MissingCapability, StringComparison.Ordinal));
        if (examination.HasEbpf && problem is not null && mayLook)
            yield return NotWhole.Found(
                $"{problem}.",
                $"Run toa-bpf load with all settings: it restores the missing parts. systemctl reload toa-bpf does the same. "
                + $"If the cgroup was removed, run toa-bpf unload, then toa-bpf load with all settings.");
        else if (examination.HasEbpf && examination.Provider.Kind == ToaProviderKind.None)
            yield return Elsewhere(examination);
        if (examination.Ebpf is { Loaded: true } ebpf && MissingFiles(ebpf) is { } missing)
            yield return WithoutFiles.Found(
                $"{missing}.",
                $"Clients are served normally. toa stats, ToaStatistics and the health check read the pinned map of counters "
                + $"instead, and toa table runs toa-bpf table: both require CAP_BPF. Monitoring that reads the files must call "
                + $"toa-bpf stats.");
        if (!mayLook)
            throw new CannotLookException($"toa-bpf reports: {problem}.", $"Run toa as root, with all capabilities.");
        if (examination.IsLoaderMissing)
            throw new CannotLookException(
                $"toa-bpf is missing: whether all parts of the provider are there, its settings and the listeners that it serves are "
                + $"not known.",
                $"Install it: toa provider install --kind ebpf. In a container, run toa doctor on the host.");
        // To a user who may not list the folder, the pins look absent: then List throws.
        if (!examination.HasEbpf)
            examination.Machine.List(PinnedIn);
    }

    // "none: why", or "stats: why there is no table".
    private static string? MissingFiles(ProviderDocument ebpf) =>
        ebpf.Parameters.GetValueOrDefault("files")?.Split(": ", 2) is [_, string reason] ? reason : null;

    private static Finding Elsewhere(Examination examination)
    {
        Message loadForAll =
            $"or load the provider for all cgroups (toa-bpf unload, then toa-bpf load with all settings but --cgroup).";
        string? cgroup = examination.Ebpf?.Parameters.GetValueOrDefault("cgroup");
        bool isNamed = cgroup?.StartsWith('/') == true;
        if (isNamed && !examination.Machine.Exists(cgroup!))
            return NotWhole.Found($"The cgroup {cgroup} of the provider was removed.",
                $"Run toa-bpf unload, then toa-bpf load with all settings. To serve another cgroup, use --cgroup.");
        Message unknown = cgroup is null
            ? (Message)$"toa-bpf does not name its cgroup"
            : $"toa-bpf names its cgroup '{cgroup}', which is not a path";
        return isNamed
            ? NotHere.Found(
                $"The eBPF provider is loaded with cgroup={cgroup}, and no provider answers this process.",
                $"It serves only the sockets that are created in this cgroup: run toa doctor in this cgroup, {loadForAll}")
            : NotHere.Found(
                $"{examination.Machine.PathOf(EbpfPins.Folder)} exists, but no provider answers this process. {unknown}: whether "
                + $"that still exists is not known.",
                $"Run toa-bpf status as root on the host, where cgroup v2 is mounted, {loadForAll}");
    }
}
