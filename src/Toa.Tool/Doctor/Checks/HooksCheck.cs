using System.Collections.Generic;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether the kernel still calls the module's hooks.</summary>
internal sealed class HooksCheck : ICheck
{
    public static readonly FindingKind Alive = new("TOA300", Severity.Ok, $"The module's hooks are called");
    public static readonly FindingKind SwitchedOff =
        new("TOA301", Severity.Error, $"The module's hooks are disabled");
    public static readonly FindingKind WereSilent = new("TOA302", Severity.Warning,
        $"The module's hooks were not called for some time");
    public static readonly FindingKind Missed = new("TOA303", Severity.Warning, $"The module's hooks have missed calls");
    public static readonly FindingKind Kretprobes = new("TOA304", Severity.Info, $"The module uses kretprobes");

    private const string Kprobe = "kprobe";

    private static readonly (string File, string Name, Message Cure)
        KprobeSwitch = ("sys/kernel/debug/kprobes/enabled", "debugfs/kprobes/enabled", $"On the host: mount -t debugfs none /sys/kernel/debug."),
        FtraceSwitch = ("proc/sys/kernel/ftrace_enabled", "kernel.ftrace_enabled", $"Run toa on the host, with /proc mounted.");

    public Message About => $"the module's hooks";

    public IEnumerable<Finding> Run(Examination examination)
    {
        if (!examination.IsOurModule)
            yield break;

        string way = examination.Parameter("hooks") ?? "unknown";
        if (way == Kprobe)
            yield return Kretprobes.Found(
                $"hooks=kprobe: under load, the module can miss calls.",
                $"If this matters, use a kernel with CONFIG_DYNAMIC_FTRACE_WITH_ARGS.");
        (string file, string name, Message cure) = way == Kprobe ? KprobeSwitch : FtraceSwitch;
        ulong? silent = examination.Window.After?["hooks_silent"], missed = examination.Window.After?["hooks_missed"];
        if (silent is null || missed is null)
            yield return Checkup.Unknown(this, new CannotLookException(
                $"Whether the hooks were silent or missed calls is not known: the counters hooks_silent and hooks_missed are missing.",
                $"TOA403 says why, or the module is older than this tool."));
        if (silent > 0)
            yield return WereSilent.Found(
                $"hooks_silent is {silent}: the module detected that its hooks were not called.",
                $"dmesg | grep TOA shows when they stopped and when they worked again. Find the program that sets "
                + $"kernel.ftrace_enabled or debugfs/kprobes/enabled to 0.");
        if (missed > 0)
            yield return Missed.Found(
                $"hooks_missed is {missed}: the module missed calls. Their connections appear with the balancer's address.",
                $"Use a kernel with CONFIG_DYNAMIC_FTRACE_WITH_ARGS.");

        // This is last: if the switch cannot be read, the findings from the counters are still reported.
        string? setting = ReadSwitch(examination.Machine, file);
        if (setting == "0")
            yield return SwitchedOff.Found($"{name} is 0.",
                $"Set it to 1. Until then, new connections get no client address.");
        else if (setting is null)
            throw new CannotLookException(
                $"Whether the hooks are enabled is not known: {examination.Machine.PathOf(file)} is missing.", cure);
        else if (silent == 0 && missed == 0)
            yield return Alive.Found($"hooks={way}; hooks_silent and hooks_missed are 0.");
    }

    private static string? ReadSwitch(IMachine machine, string file)
    {
        try
        {
            return machine.ReadText(file)?.Trim();
        }
        // A kernel in lockdown refuses debugfs to root too.
        catch (CannotLookException e)
        {
            throw new CannotLookException($"Whether the hooks are enabled is not known: {e.What}", Privilege.Cure(machine));
        }
    }
}
