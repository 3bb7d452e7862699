using Toa.Tool.Machines;

namespace Toa.Tool.Doctor;

/// <summary>The advice if the kernel refuses access.</summary>
internal static class Privilege
{
    /// <summary>For root, sudo does not help: lockdown or a missing capability is the cause.</summary>
    public static string Cure(IMachine machine) => machine.IsPrivileged
        ? "Root is refused too: the kernel is locked down (cat /sys/kernel/security/lockdown), or a capability is missing. In a "
        + "container, run toa doctor on the host."
        : "Run toa as root.";
}
