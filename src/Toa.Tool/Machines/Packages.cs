using Toa.Tool.Language;

namespace Toa.Tool.Machines;

/// <summary>The names of missing packages in distributions.</summary>
internal static class Packages
{
    public static Message Headers(string kernelRelease) =>
        $"apt-get install linux-headers-{kernelRelease} (Debian, Ubuntu) or dnf install kernel-devel-{kernelRelease} (RHEL, CentOS)";

    public static Message Compiler(string package) => $"apt-get install {package} (Debian, Ubuntu) or dnf install gcc (RHEL, CentOS)";

    public static Message Of(string program) => program == "dkms"
        ? (Message)$"apt-get install {program} (Debian, Ubuntu) or dnf install {program} (RHEL, CentOS, from EPEL)"
        : $"apt-get install {program} (Debian, Ubuntu) or dnf install {program} (RHEL, CentOS)";
}
