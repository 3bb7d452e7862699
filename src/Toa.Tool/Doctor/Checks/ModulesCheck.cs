using System.Collections.Generic;
using System.Linq;
using Toa.Shared;
using Toa.Tool.Machines;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Modules and live patches that get in the way.</summary>
internal sealed class ModulesCheck : ICheck
{
    public static readonly FindingKind Alone = new("TOA500", Severity.Ok, "No other module or live patch is in the way");
    public static readonly FindingKind OtherModules = new("TOA501", Severity.Warning,
        "Several TOA modules are loaded");
    public static readonly FindingKind LivePatch = new("TOA502", Severity.Warning,
        "A live patch replaces a function that the module hooks");
    public static readonly FindingKind BesideEbpf = new("TOA503", Severity.Error,
        "The module and the eBPF provider are both loaded");
    public static readonly FindingKind BesideOurs = new("TOA504", Severity.Error,
        "Another vendor's TOA module is loaded beside the provider");

    private const string Loaded = "proc/modules", Settings = "proc/sys", Kernel = "sys/kernel", LivePatches = Kernel + "/livepatch";

    private static readonly string[] Hooked =
        ["tcp_v4_syn_recv_sock", "tcp_v6_syn_recv_sock", "inet_getname", "inet6_getname", "inet_sock_destruct"];

    public string About => "other modules and live patches";

    public IEnumerable<Finding> Run(Examination examination)
    {
        IReadOnlyList<string> others = examination.OtherModules;
        bool hasOurs = examination.Provider.AnswersInfo || examination.IsOurModule || examination.HasEbpf;
        if (others.Count > 0 && hasOurs)
            yield return BesideOurs.Found(
                $"{string.Join(", ", others)}: it rewrites what accept and getpeername return, without this project's trusted networks.",
                "Unload it the way its vendor documents, and keep it from being loaded at boot. Until then, addresses that trusted= "
                + "refuses can reach programs, and trust cannot be checked.");
        else if (others.Count > 1)
            yield return OtherModules.Found(
                $"{string.Join(", ", others)} are loaded.",
                "Keep one of them: two that rewrite getpeername contradict each other.");
        bool isBesideEbpf = examination is { IsOurModule: true, HasEbpf: true };
        if (isBesideEbpf)
            yield return BesideEbpf.Found(
                $"The module toa is loaded, and {examination.Machine.PathOf(EbpfPins.Folder)} is there.",
                "Unload one of the two: toa provider unload, or toa provider unload --kind ebpf. An option that one refuses, the "
                + "other may hand out.");

        // sys/kernel/livepatch/PATCH/OBJECT/FUNCTION,NUMBER
        string[] patches = [.. examination.Machine.List(LivePatches)
            .SelectMany(patch => examination.Machine.List($"{LivePatches}/{patch}/vmlinux")
                .Select(function => function.Split(',')[0]).Where(Hooked.Contains).Select(function => $"{patch} replaces {function}"))];
        if (patches.Length > 0)
            yield return LivePatch.Found(
                $"{string.Join(", ", patches)}.",
                "One function has one owner: the module cannot load while the patch is there, nor the patch after it.");
        // A kernel that loads no modules has no list of them.
        bool showsModules = examination.Machine.ReadText(Loaded) is not null || examination.Machine.Exists(Settings);
        if (!showsModules || !examination.Machine.Exists(Kernel))
            throw new CannotLookException(
                $"{examination.Machine.PathOf(showsModules ? Kernel : Loaded)} is missing.",
                "Mount it: mount -t proc proc /proc, mount -t sysfs sysfs /sys.");
        string[] modules = examination.IsOurModule ? ["toa", .. others] : [.. others];
        if (patches.Length == 0 && !isBesideEbpf && (hasOurs ? others.Count == 0 : others.Count <= 1))
            yield return Alone.Found(modules.Length == 1 ? $"{modules[0]} is the only one." : "No TOA module is loaded.");
    }
}
