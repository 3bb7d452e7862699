using System;
using System.Collections.Generic;
using System.Linq;
using Toa.Tool.Language;
using Toa.Tool.Machines;
using Toa.Tool.Provider;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether the module is installed for this kernel, and its state in DKMS.</summary>
internal sealed class InstallationCheck : ICheck
{
    public static readonly FindingKind Installed = new("TOA210", Severity.Ok, $"The module is installed for this kernel");
    public static readonly FindingKind NotInstalled = new("TOA211", Severity.Warning, $"The module is not installed");
    public static readonly FindingKind BuiltForAnother = new("TOA212", Severity.Error,
        $"The installed module was built for another kernel");
    public static readonly FindingKind OtherKernelsOnly = new("TOA213", Severity.Warning,
        $"The module is installed for other kernels only");
    public static readonly FindingKind Dkms = new("TOA214", Severity.Info, $"The module is registered with DKMS");
    public static readonly FindingKind DkmsNotForThis = new("TOA215", Severity.Warning,
        $"DKMS has not built the module for this kernel");

    public static readonly FindingKind OtherVendor = new("TOA216", Severity.Warning,
        $"The installed module toa is another vendor's");

    public static readonly FindingKind OwnIsPreferred = new("TOA217", Severity.Info,
        $"Several modules toa are installed, and modprobe loads this project's");

    public Message About => $"the module's files";

    public IEnumerable<Finding> Run(Examination examination)
    {
        if (!examination.WantsModule)
            yield break;
        if (examination.ModulesProblem is { } problem)
            throw problem;

        IReadOnlyList<ModuleFile> here = examination.ModulesHere;
        ModuleFile[] foreign = [.. here.Where(module => module.IsOwn == false)];
        foreach (ModuleFile module in here.Except(foreign))
            yield return Judge(module, examination.KernelRelease);
        if (foreign.Length > 0)
            yield return Compare(examination, foreign, here.FirstOrDefault(module => module.IsOwn == true));
        // /lib/modules of a container says nothing of the host's, and modules are not installed in a container.
        if (here.Count == 0 && (examination.Modules.Count > 0 || !(examination.Provider.IsContainer || examination.Sandbox is not null)))
            yield return NotHere(examination);
        if (OfDkms(examination) is { } finding)
            yield return finding;
    }

    private Finding Judge(ModuleFile module, string release)
    {
        if (module.IsOwn is null)
            return Checkup.Unknown(this, new CannotLookException(
                $"Whether {module.Path} is this project's module is not known.",
                $"modinfo -F parm {module.Path} shows its parameters (package kmod): this project's module has formats."));
        if (module.Release == release)
            return Installed.Found($"{Describe(module)}.");
        return module.Release is null
            ? Checkup.Unknown(this, new CannotLookException(
                $"For which kernel {module.Path} was built is not known.",
                $"modinfo -F vermagic {module.Path} shows it (package kmod), or says why it cannot be read."))
            : BuiltForAnother.Found(
                $"{Describe(module)}, and {release} runs.", $"Build it again: run toa provider install, or dkms autoinstall.");
    }

    // If there are several modules, depmod's order decides which one modprobe loads. Only modinfo shows it.
    private static Finding Compare(Examination examination, ModuleFile[] foreign, ModuleFile? own)
    {
        string files = string.Join("; ", foreign.Select(module => (Message)$"{module.Path} is {module.Whose}"));
        if (examination.Modprobe.Module is not { } chosen)
            return OtherVendor.Found(
                $"{files}. Which file modprobe toa would load is not known: {examination.Modprobe.Problem!.What}",
                $"{examination.Modprobe.Problem.Cure} {Cure(foreign)}");
        if (chosen.IsOwn == true)
            return OwnIsPreferred.Found($"modprobe toa would load {chosen.Path}, which is this project's. {files}.");
        return OtherVendor.Found(
            $"{files}. modprobe toa would load {chosen.Path}.",
            own is null
                ? Cure(foreign)
                : (Message)$"{own.Path} is this project's. Make depmod prefer it: {ModuleProvider.Prefer(own)}.");
    }

    private static Message Cure(ModuleFile[] foreign) => Array.TrueForAll(foreign, module => module.IsOfKernel)
        ? (Message)$"To use this project's module, run toa provider install. modprobe then loads this project's module."
        : $"To use this project's module, remove the other vendor's file the way its vendor documents, then run toa provider install.";

    private static Finding NotHere(Examination examination)
    {
        Message[] others = [.. examination.Modules.Where(module => module.IsOwn == true).Select(Describe)];
        if (others.Length > 0)
            return OtherKernelsOnly.Found(
                $"{string.Join("; ", others)}. {examination.KernelRelease} runs.",
                $"Install the headers of the running kernel, then run toa provider install. DKMS then builds the module at every kernel "
                + $"update.");
        string below = examination.Machine.PathOf("lib/modules");
        string files = string.Join(", ", examination.Modules.Select(module => module.Path));
        Message seen = examination.Modules.Count == 0
            ? (Message)$"No toa.ko was found below {below}."
            : $"No toa.ko below {below} was identified as this project's. Files found: {files}.";
        return examination.IsOurModule
            ? NotInstalled.Found($"{seen} The module is loaded, but not installed.",
                $"After a reboot, it is not loaded. Run toa provider install.")
            : NotInstalled.Found(seen, $"Run toa provider install on the host.");
    }

    private static Finding? OfDkms(Examination examination)
    {
        if (examination.Dkms is { IsFine: false, IsMissing: false })
            throw new CannotLookException($"dkms status failed: {examination.Dkms.Complaint.TrimEnd('.')}.",
                examination.Machine.IsPrivileged ? (Message)$"dkms status -m toa shows the whole message." : $"Run toa as root.");
        string status = examination.Dkms.Output.Trim();
        if (status.Length == 0)
            return null;
        Message seen = $"{string.Join("; ", status.Split('\n', StringSplitOptions.TrimEntries))}.";
        bool isForThis = status.Split('\n').Any(line =>
            line.Contains(examination.KernelRelease, StringComparison.Ordinal) && line.Contains("installed", StringComparison.Ordinal));
        return isForThis
            ? Dkms.Found(seen)
            : DkmsNotForThis.Found(seen,
                $"Run dkms autoinstall to see the reason. Usually the headers of the kernel are missing.");
    }

    private static Message Describe(ModuleFile module) => module.Release is { } release
        ? (Message)$"{module.Path} was built for {release}"
        : $"{module.Path} was built for an unknown kernel";
}
