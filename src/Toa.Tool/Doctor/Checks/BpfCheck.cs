using System.Collections.Generic;
using System.Linq;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether other eBPF programs are attached to the same hooks.</summary>
internal sealed class BpfCheck : ICheck
{
    public static readonly FindingKind None = new("TOA510", Severity.Ok, $"No other eBPF program is attached to the same hooks");
    public static readonly FindingKind Rewrites = new("TOA511", Severity.Warning,
        $"Other eBPF programs can change the results of getpeername or getsockopt");
    public static readonly FindingKind Watches = new("TOA512", Severity.Info, $"eBPF programs watch TCP connections");

    // In native/bpf/toa.bpf.c. The kernel keeps 15 characters.
    private static readonly string[] Own = ["toa_connections", "toa_getpeername", "toa_getsockopt"];

    public Message About => $"eBPF programs";

    public IEnumerable<Finding> Run(Examination examination)
    {
        // Do not report the eBPF provider's own programs.
        bool isOurs = examination.Ebpf is not null;
        BpfProgram[] programs =
            [.. examination.Machine.ListBpfPrograms().Where(program => !isOurs || !Own.Contains(program.Name))];
        BpfProgram[] watch = [.. programs.Where(program => program.Hook == BpfHook.SocketEvents)];
        BpfProgram[] rewrite = [.. programs.Except(watch)];
        if (rewrite.Length > 0)
            yield return Rewrites.Found(
                $"{string.Join(", ", rewrite.Select(program => (Message)$"{program} at {Place(program.Hook)}"))}.",
                $"Container networks and service meshes use such programs. If addresses are wrong, check what they do (bpftool "
                + $"prog, bpftool cgroup tree).");
        if (watch.Length > 0)
            yield return Watches.Found($"{string.Join<BpfProgram>(", ", watch)}.",
                $"They do no harm, unless they remove TCP options.");
        if (programs.Length == 0)
            yield return None.Found($"No other program is attached to getpeername, getsockopt or the socket events of a cgroup.");
    }

    private static Message Place(BpfHook hook) => hook switch
    {
        BpfHook.PeerName => $"getpeername",
        BpfHook.SocketOption => $"getsockopt and setsockopt",
        _ => $"calls with socket addresses",
    };
}
