using System.Collections.Generic;
using System.Linq;
using Toa.Shared;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether modules or live patches conflict with the provider.</summary>
internal sealed class ModulesCheck : ICheck
{
    public static readonly FindingKind Alone = new("TOA500", Severity.Ok,
        $"No other module or live patch conflicts with the provider");
    public static readonly FindingKind OtherModules = new("TOA501", Severity.Warning,
        $"Several TOA modules are loaded");
    public static readonly FindingKind LivePatch = new("TOA502", Severity.Warning,
        $"A live patch replaces a function that the module hooks");
    public static readonly FindingKind BesideEbpf = new("TOA503", Severity.Error,
        $"The module and the eBPF provider are both loaded");
    public static readonly FindingKind BesideOurs = new("TOA504", Severity.Error,
        $"Another vendor's TOA module is loaded together with the provider");

    private const string Loaded = "proc/modules", Settings = "proc/sys", Kernel = "sys/kernel", LivePatches = Kernel + "/livepatch";

    private static readonly string[] Hooked =
        ["tcp_v4_syn_recv_sock", "tcp_v6_syn_recv_sock", "inet_getname", "inet6_getname"];

    public Message About => $"other modules and live patches";

    public IEnumerable<Finding> Run(Examination examination)
    {
        IReadOnlyList<string> others = examination.OtherModules;
        string[] rivals = WithoutParts(others);
        bool hasOurs = examination.Provider.AnswersInfo || examination.IsOurModule || examination.HasEbpf;
        if (others.Count > 0 && hasOurs)
            yield return BesideOurs.Found(
                $"{string.Join(", ", others)}: it changes the results of accept and getpeername and does not check trusted=.",
                $"Unload it the way its vendor documents, and keep it from being loaded at boot. Until then, addresses that trusted= "
                + $"refuses can reach programs, and trust cannot be checked.");
        else if (rivals.Length > 1)
            yield return OtherModules.Found(
                $"{string.Join(", ", others)} are loaded.",
                $"Keep one of them: modules that change the results of getpeername conflict with each other.");
        bool isBesideEbpf = examination is { IsOurModule: true, HasEbpf: true };
        if (isBesideEbpf)
            yield return BesideEbpf.Found(
                $"The module toa is loaded, and {examination.Machine.PathOf(EbpfPins.Folder)} exists.",
                $"Unload one of the two: toa provider unload, or toa provider unload --kind ebpf. One can return an address "
                + $"from an option that the other refuses.");

        Message[] patches = [.. FindPatches(examination.Machine)];
        if (patches.Length > 0)
            yield return LivePatch.Found(
                $"{string.Join(", ", patches)}.",
                $"Only one of them can hook a function: the module cannot be loaded while the live patch is active, and the live patch "
                + $"cannot be loaded while the module is loaded.");
        // A kernel without loadable modules has no list of modules.
        bool showsModules = examination.Machine.ReadText(Loaded) is not null || examination.Machine.Exists(Settings);
        if (!showsModules || !examination.Machine.Exists(Kernel))
            throw new CannotLookException(
                $"{examination.Machine.PathOf(showsModules ? Kernel : Loaded)} is missing.",
                $"Mount it: mount -t proc proc /proc, mount -t sysfs sysfs /sys.");
        string[] modules = examination.IsOurModule ? ["toa", .. rivals] : rivals;
        if (patches.Length == 0 && !isBesideEbpf && (hasOurs ? others.Count == 0 : rivals.Length <= 1))
            yield return Alone.Found(modules.Length == 1 ? (Message)$"{modules[0]} is the only TOA module." : $"No TOA module is loaded.");
    }

    // sys/kernel/livepatch/PATCH/OBJECT/FUNCTION,NUMBER. IPv6 can be a module. A patch that was disabled keeps its folder, and hooks
    // nothing after its transition.
    private static IEnumerable<Message> FindPatches(IMachine machine) =>
        from patch in machine.List(LivePatches)
        where machine.ReadText($"{LivePatches}/{patch}/enabled")?.Trim() != "0"
            || machine.ReadText($"{LivePatches}/{patch}/transition")?.Trim() == "1"
        from part in (string[])["vmlinux", "ipv6"]
        from function in machine.List($"{LivePatches}/{patch}/{part}").Select(function => function.Split(',')[0]).Where(Hooked.Contains)
        select (Message)$"{patch} replaces {function}";

    // hookers is a part of vtoa.
    private static string[] WithoutParts(IReadOnlyList<string> modules) =>
        [.. modules.Where(name => name != "hookers" || !modules.Contains("vtoa"))];
}
