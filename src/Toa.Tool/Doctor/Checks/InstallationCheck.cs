using System;
using System.Collections.Generic;
using System.Linq;
using Toa.Tool.Machines;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether the module is installed for this kernel, and what DKMS knows of it.</summary>
internal sealed class InstallationCheck : ICheck
{
    public static readonly FindingKind Installed = new("TOA210", Severity.Ok, "The module is installed for this kernel");
    public static readonly FindingKind NotInstalled = new("TOA211", Severity.Warning, "The module is not installed");
    public static readonly FindingKind BuiltForAnother = new("TOA212", Severity.Error,
        "The installed module was built for another kernel");
    public static readonly FindingKind OtherKernelsOnly = new("TOA213", Severity.Warning,
        "The module is installed for other kernels only");
    public static readonly FindingKind Dkms = new("TOA214", Severity.Info, "DKMS knows the module");
    public static readonly FindingKind DkmsNotForThis = new("TOA215", Severity.Warning,
        "DKMS has not built the module for this kernel");

    public string About => "the module's files";

    public IEnumerable<Finding> Run(Examination examination)
    {
        if (!examination.WantsModule)
            yield break;
        if (examination.ModulesProblem is { } problem)
            throw problem;

        ModuleFile[] here = [.. examination.Modules.Where(module => module.Folder == examination.KernelRelease)];
        foreach (ModuleFile module in here)
            yield return Judge(module, examination.KernelRelease);
        if (here.Length == 0)
            yield return NotHere(examination);
        if (OfDkms(examination) is { } finding)
            yield return finding;
    }

    private Finding Judge(ModuleFile module, string release)
    {
        if (module.Release == release)
            return Installed.Found($"{Describe(module)}.");
        return module.Release is null
            ? Checkup.Unknown(this, new CannotLookException(
                $"For which kernel {module.Path} was built is not known.",
                $"modinfo -F vermagic {module.Path} shows it (package kmod), or says why it cannot be read."))
            : BuiltForAnother.Found(
                $"{Describe(module)}, and {release} runs.", "Build it anew: toa provider install, or dkms autoinstall.");
    }

    private static Finding NotHere(Examination examination)
    {
        string[] others = [.. examination.Modules.Select(Describe)];
        if (others.Length > 0)
            return OtherKernelsOnly.Found(
                $"{string.Join("; ", others)}. {examination.KernelRelease} runs.",
                "Install the running kernel's headers, then toa provider install, which builds it for every kernel "
                + "update.");
        string seen = $"There is no toa.ko below {examination.Machine.PathOf("lib/modules")}.";
        return examination.IsOurModule
            ? NotInstalled.Found(seen + " It is loaded nevertheless.",
                "It will be gone after a reboot: toa provider install.")
            : NotInstalled.Found(seen, "toa provider install, on the host.");
    }

    private static Finding? OfDkms(Examination examination)
    {
        if (examination.Dkms is { IsFine: false, IsMissing: false })
            throw new CannotLookException($"dkms status failed: {examination.Dkms.Complaint.TrimEnd('.')}.", "Run toa as root.");
        string status = examination.Dkms.Output.Trim();
        if (status.Length == 0)
            return null;
        string seen = string.Join("; ", status.Split('\n', StringSplitOptions.TrimEntries)) + ".";
        bool isForThis = status.Split('\n').Any(line =>
            line.Contains(examination.KernelRelease, StringComparison.Ordinal) && line.Contains("installed", StringComparison.Ordinal));
        return isForThis
            ? Dkms.Found(seen)
            : DkmsNotForThis.Found(seen,
                "dkms autoinstall says what is in the way; mostly the kernel's headers are missing.");
    }

    private static string Describe(ModuleFile module) =>
        $"{module.Path} was built for {module.Release ?? "a kernel that it does not tell"}";
}
