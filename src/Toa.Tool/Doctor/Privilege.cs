using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Doctor;

/// <summary>The advice if the kernel refuses access.</summary>
internal static class Privilege
{
    private static readonly Message RootIsRefused =
        $"Root is refused too: the kernel is locked down (cat /sys/kernel/security/lockdown), or a capability is missing. In a "
        + $"container, run toa doctor on the host.";

    /// <summary>For root, sudo does not help: lockdown or a missing capability is the cause.</summary>
    public static Message Cure(IMachine machine) => machine.IsPrivileged
        ? RootIsRefused
        : $"Run toa as root.";
}
