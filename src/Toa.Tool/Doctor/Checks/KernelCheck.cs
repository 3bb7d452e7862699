using System;
using System.Collections.Generic;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Which kernel and distribution this is.</summary>
internal sealed class KernelCheck : ICheck
{
    public static readonly FindingKind Kernel = new("TOA100", Severity.Info, "The kernel and the distribution");
    public static readonly FindingKind TencentOS = new("TOA101", Severity.Info,
        "The kernel is TencentOS's, which has TOA built in");
    public static readonly FindingKind NotLinux = new("TOA102", Severity.Error, "This is not Linux");

    public string About => "the kernel";

    public IEnumerable<Finding> Run(Examination examination)
    {
        string seen = $"{examination.KernelRelease}, {examination.Provider.OperatingSystemName}";
        if (!OperatingSystem.IsLinux())
            yield return NotLinux.Found(seen,
                "Run the server, and toa, on Linux: elsewhere no provider can read TOA options.");
        else if (examination.Provider.IsTencentOSKernel)
            yield return TencentOS.Found(seen, "Do not load a module on top of it.");
        else
            yield return Kernel.Found(seen);
    }
}
