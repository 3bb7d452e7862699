using Toa.Tool.Language;

namespace Toa.Tool.Machines;

/// <summary>The names of missing packages in distributions.</summary>
internal static class Packages
{
    public static Message Headers(string kernelRelease) =>
        $"apt-get install linux-headers-{kernelRelease} (Debian, Ubuntu) or dnf install kernel-devel-{kernelRelease} (RHEL, CentOS)";

    public static Message Compiler(string package) => $"apt-get install {package} (Debian, Ubuntu) or dnf install gcc (RHEL, CentOS)";

    /// <param name="suffix">The ending of the programs' names with a version, for example -18; empty for the distribution's version.</param>
    public static Message Clang(string suffix) =>
        $"apt-get install clang{suffix} lld{suffix} llvm{suffix} (Debian, Ubuntu) or dnf install clang lld llvm (RHEL, CentOS)";

    public static Message Of(string program) => program == "dkms"
        ? (Message)$"apt-get install {program} (Debian, Ubuntu) or dnf install {program} (RHEL, CentOS, from EPEL)"
        : $"apt-get install {program} (Debian, Ubuntu) or dnf install {program} (RHEL, CentOS)";
}
