namespace Toa.Tool.Machines;

/// <summary>The names of missing packages in distributions.</summary>
internal static class Packages
{
    public static string Headers(string kernelRelease) =>
        $"apt-get install linux-headers-{kernelRelease} (Debian, Ubuntu), dnf install kernel-devel-{kernelRelease} "
        + "(RHEL, CentOS)";

    public static string Of(string program) =>
        $"apt-get install {program} (Debian, Ubuntu), dnf install {program} (RHEL, "
        + $"CentOS{(program == "dkms" ? ", from EPEL" : "")})";
}
