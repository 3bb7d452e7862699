using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Provider;

/// <summary>Adds the module to DKMS, which builds it for this kernel and for future kernels, and removes it.</summary>
internal sealed class ModuleInstallation(IMachine machine, ModuleProvider provider, Steps steps)
{
    private static readonly string Module = $"toa/{ModuleSource.Version}";

    /// <param name="parameters">The parameters for each load. If empty, existing settings are kept.</param>
    /// <param name="stop">Cancels it.</param>
    /// <exception cref="ToolException">The module cannot be installed; the message says why.</exception>
    public async Task<ActionDocument> InstallAsync(IReadOnlyList<string> parameters, CancellationToken stop)
    {
        (await PackagedProvider.FindModuleAsync(machine, provider, stop))?.RefuseInstall();
        (await PackagedProvider.FindEbpfAsync(machine, stop))?.RefuseBeside();
        provider.RefuseBesideOthers();
        if (machine.Exists(EbpfInstallation.Unit))
            throw new ToolException(
                $"the eBPF provider is installed and would be loaded together with the module. Run toa provider uninstall --kind "
                + $"{EbpfProvider.Kind} first.");
        provider.DemandRoot(steps, "install");
        await provider.DemandProgramAsync(
            "dkms", $", or run toa provider build, then toa provider load, which do not use DKMS", stop);
        provider.DemandHeaders(provider.HeadersFolder);

        string[] versions = await VersionsAsync(stop);
        if (versions.FirstOrDefault(IsUnknown) is { } unknown)
            throw new ToolException(
                $"DKMS has toa/{unknown}, but {SourceFolder(unknown)} is missing: its vendor is not known. If you do not need it, remove "
                + $"it with dkms remove toa/{unknown} --all.");
        if (versions.Append(ModuleSource.Version).FirstOrDefault(IsForeign) is { } foreign)
            throw new ToolException(
                $"{SourceFolder(foreign)} is another vendor's module: it has no include/toa.h. Remove it the way its vendor documents, "
                + $"or with dkms remove toa/{foreign} --all and rm -r {SourceFolder(foreign)}.");
        ModuleSettings.LoadAtStart.RefuseForeign(machine);
        ModuleSettings.Options.RefuseForeign(machine);
        await RefuseForeignFileAsync(stop);
        await RemoveAllAsync(versions, stop);
        // Not earlier: on most distributions, DKMS moves the kernel's own file away while a DKMS module of the same name is installed.
        string[] kernels = [.. (await provider.InstalledAsync(stop)).Where(module => module.IsOfKernel).Select(module => module.Path)];
        steps.WriteAll(SourceFolder(ModuleSource.Version), [.. ModuleSource.Files, ("dkms.conf", ModuleSource.Read(
            "packaging/dkms.conf"))]);
        await DkmsAsync(["add", Module], stop);
        await DkmsAsync(["build", Module, "-k", provider.Release], stop);
        // Without --force, DKMS skips a module whose version is lower than that of the kernel's own module.
        await DkmsAsync(["install", Module, "-k", provider.Release, .. kernels.Length > 0 ? ["--force"] : Array.Empty<string>()], stop);
        if (!steps.IsDryRun)
            await DemandPreferenceAsync(stop);

        steps.Write(ModuleSettings.LoadAtStart.Path, ModuleSettings.LoadAtStart.Text);
        steps.WriteOptions(
            ModuleSettings.Options.Path, ModuleSettings.Options.Text,
            parameters.Count > 0 ? $"\noptions toa {string.Join(' ', parameters)}\n" : null);
        Message installed = $"The module is installed for {provider.Release}, and DKMS installs it for future kernels.";
        Message besideKernels =
            $"The kernel has a module toa of its own ({string.Join(", ", kernels)}): modprobe toa loads this project's from now on, and "
            + $"the kernel's own again after toa provider uninstall.";
        Message next = provider.IsLoaded
            ? (Message)$"The loaded module stays in use. To replace it, run toa provider unload, then toa provider load."
            : $"Load it now: toa provider load.";
        return steps.Done(
            "install", kernels.Length > 0 ? (Message)$"{installed} {besideKernels} {next}" : $"{installed} {next}");
    }

    /// <exception cref="ToolException">DKMS fails, or a package installed the module.</exception>
    public async Task<ActionDocument> UninstallAsync(CancellationToken stop)
    {
        (await PackagedProvider.FindModuleAsync(machine, provider, stop))?.RefuseUninstall();
        provider.DemandRoot(steps, "uninstall");
        string[] versions = await VersionsAsync(stop);
        string left = string.Concat(versions.Where(IsUnknown).Select(version => (Message)
            ($"\nDKMS has toa/{version}, but {SourceFolder(version)} is missing: toa does not change it, because its vendor is not "
            + $"known.")));
        await RemoveAllAsync(versions, stop);
        DeleteOwn(ModuleSettings.LoadAtStart);
        DeleteOwn(ModuleSettings.Options);
        Message result = steps.Commands.Count == 0
            ? (Message)$"The module was not installed."
            : $"The module is no longer installed.";
        Message stillLoaded = $"It is still loaded: toa provider unload.";
        return steps.Done(
            "uninstall",
            steps.Commands.Count > 0 && provider.IsLoaded ? (Message)$"{result} {stillLoaded}{left}" : $"{result}{left}");
    }

    private static string SourceFolder(string version) => $"/usr/src/toa-{version}";

    // An older version conflicts with this one: DKMS installs both to the same file.
    private async Task RemoveAllAsync(string[] versions, CancellationToken stop)
    {
        string[] own = [.. versions.Where(IsOwn)];
        foreach (string version in own)
            await DkmsAsync(["remove", $"toa/{version}", "--all"], stop);
        foreach (string version in own.Append(ModuleSource.Version).Distinct().Where(IsOwn))
            steps.Delete(SourceFolder(version));
    }

    // Fail without the list: otherwise another vendor's entry would be overlooked.
    private async Task<string[]> VersionsAsync(CancellationToken stop)
    {
        ProcessResult status = await provider.DkmsStatusAsync(stop);
        if (status.IsMissing)
            return [];
        // If a source folder is missing, DKMS before 3.0.12 exits with 0 and does not list the entry.
        if (!status.IsFine || status.Error.Contains("Could not locate dkms.conf", StringComparison.Ordinal))
            throw new ToolException($"dkms status -m toa failed: {Words(status)}. Repair DKMS, and try again.");
        return [.. ModuleProvider.DkmsVersions(ModuleProvider.DkmsLines(status))];
    }

    // The second line of the error of DKMS has the file.
    private static string Words(ProcessResult status) => string.IsNullOrWhiteSpace(status.Error)
        ? status.Complaint.TrimEnd('.')
        : string.Join(' ', status.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).TrimEnd('.');

    // DKMS installs its module where depmod prefers it, which hides another vendor's module. The kernel's own module may be
    // hidden, because uninstall makes it available again.
    private async Task RefuseForeignFileAsync(CancellationToken stop)
    {
        foreach (ModuleFile module in (await provider.InstalledAsync(stop)).Where(module => !module.IsOfKernel))
            ModuleProvider.DemandOwn(
                module, $"is another vendor's module for this kernel. Remove it the way its vendor documents, and try again.");
    }

    // Check the result: depmod's order depends on the distribution's configuration.
    private async Task DemandPreferenceAsync(CancellationToken stop)
    {
        Message again =
            $"Then run toa provider install again, or toa provider uninstall, which removes the module from DKMS.";
        Message untilThen = $"Until then, {ModuleSettings.LoadAtStart.Path} of the earlier installation loads that file at boot.";
        Message next = ModuleSettings.LoadAtStart.IsOwn(machine) ? (Message)$"{again} {untilThen}" : again;
        ModprobeChoice choice = await ModprobeChoice.AskAsync(machine, provider.Release, stop);
        if (choice.Module is { IsOwn: true })
            return;
        Message would = choice.Module is { } other
            ? (Message)$"modprobe toa would load {other.Path}, which is {other.Whose}."
            : $"which file modprobe toa would load is not known: {choice.Problem!.What}";
        if ((await provider.InstalledAsync(stop)).FirstOrDefault(module => module.IsOwn == true) is not { } own)
            throw new ToolException(
                $"dkms install {Module} succeeded, but no toa.ko of this project is in {machine.PathOf($"lib/modules/{provider.Release}")}, and "
                + $"{would} Repair DKMS. {next}");
        Message cure = choice.Module is null
            ? choice.Problem!.Cure
            : (Message)$"Make depmod prefer this project's: {ModuleProvider.Prefer(own)}.";
        throw new ToolException($"{own.Path} is installed, but {would} {cure} {next}");
    }

    // The name of the folder is not enough: vendors also name their module toa, and add it to DKMS from such a folder.
    private bool IsOwn(string version) => machine.Exists($"{SourceFolder(version)}/include/toa.h");

    private bool IsUnknown(string version) => !machine.Exists(SourceFolder(version));

    private bool IsForeign(string version) => !IsUnknown(version) && !IsOwn(version);

    private void DeleteOwn(ModuleSettings file)
    {
        if (file.IsOwn(machine))
            steps.Delete(file.Path);
    }

    private async Task DkmsAsync(string[] arguments, CancellationToken stop)
    {
        ProcessResult result = await steps.RunAsync("dkms", arguments, stop);
        if (!result.IsFine)
            throw new ToolException(
                $"dkms {string.Join(' ', arguments)} failed: {result.Complaint.TrimEnd('.')}. See "
                + $"/var/lib/dkms/{Module}/build/make.log.");
    }
}
