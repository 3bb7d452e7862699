using Toa.Tool.Machines;

namespace Toa.Tool.Doctor;

/// <summary>The advice where the kernel refuses access.</summary>
internal static class Privilege
{
    /// <summary>A process of root does not gain anything from sudo: a lockdown or a missing capability stops it.</summary>
    public static string Cure(IMachine machine) => machine.IsPrivileged
        ? "Root is refused too: the kernel is locked down (cat /sys/kernel/security/lockdown), or a capability is missing. In a "
        + "container, run toa doctor on the host."
        : "Run toa as root.";
}
