using System.Collections.Generic;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether a module can be built for the running kernel.</summary>
internal sealed class HeadersCheck : ICheck
{
    public static readonly FindingKind Present = new("TOA200", Severity.Ok,
        $"The headers of the running kernel are installed");
    public static readonly FindingKind Missing = new("TOA201", Severity.Warning,
        $"The headers of the running kernel are missing");
    public static readonly FindingKind NotNeeded = new("TOA202", Severity.Info,
        $"The headers are missing, but are not needed here");

    public Message About => $"the kernel's headers";

    public IEnumerable<Finding> Run(Examination examination)
    {
        if (!examination.WantsModule)
            yield break;

        string folder = $"lib/modules/{examination.KernelRelease}/build";
        string path = examination.Machine.PathOf(folder);
        if (examination.Machine.Exists(folder + "/Makefile"))
            yield return Present.Found($"{path} has a Makefile.");
        else if (examination.Sandbox is not null)
            yield return NotNeeded.Found($"{path} has no Makefile.", $"The module is built where the guest's image is made.");
        else if (examination.Provider.IsContainer)
            yield return NotNeeded.Found($"{path} has no Makefile.", $"The module is built on the host.");
        else if (!examination.LacksProvider)
            yield return NotNeeded.Found($"{path} has no Makefile.",
                $"If DKMS builds the module, install the headers before you update the kernel.");
        else
            yield return Missing.Found($"{path} has no Makefile.",
                $"Install them: {Packages.Headers(examination.KernelRelease)}.");
    }
}
