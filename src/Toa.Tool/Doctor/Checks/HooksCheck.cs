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

    private const string Switch = "proc/sys/kernel/ftrace_enabled", Silent = "hooks_silent";

    public Message About => $"the module's hooks";

    public IEnumerable<Finding> Run(Examination examination)
    {
        if (!examination.IsOurModule)
            yield break;

        ulong? silent = examination.Window.After?[Silent];
        if (silent is null)
            yield return Checkup.Unknown(this, new CannotLookException(
                $"Whether the hooks were silent is not known: the counter hooks_silent is missing.",
                $"TOA403 says why, or the module is older than this tool."));
        if (silent > 0)
            yield return WereSilent.Found(
                $"hooks_silent is {silent}: the module detected that its hooks were not called.",
                $"dmesg | grep TOA shows when they stopped and when they worked again. Find the program that sets "
                + $"kernel.ftrace_enabled to 0.");

        // This is last: if the switch cannot be read, the findings from the counters are still reported.
        string? setting = ReadSwitch(examination.Machine);
        if (setting == "0")
            yield return SwitchedOff.Found($"kernel.ftrace_enabled is 0.",
                $"Set it to 1. Until then, new connections get no client address.");
        else if (setting is null)
            throw new CannotLookException(
                $"Whether the hooks are enabled is not known: {examination.Machine.PathOf(Switch)} is missing.",
                $"Run toa on the host, with /proc mounted.");
        else if (silent == 0)
            yield return Alive.Found($"kernel.ftrace_enabled is 1; hooks_silent is 0.");
    }

    private static string? ReadSwitch(IMachine machine)
    {
        try
        {
            return machine.ReadText(Switch)?.Trim();
        }
        catch (CannotLookException e)
        {
            throw new CannotLookException($"Whether the hooks are enabled is not known: {e.What}", Privilege.Cure(machine));
        }
    }
}
