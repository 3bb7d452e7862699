using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Machines;

namespace Toa.Tool.Provider;

/// <summary>Gives the module to DKMS, which builds it for this kernel and for those to come, and takes it back.</summary>
internal sealed class ModuleInstallation(IMachine machine, ModuleProvider provider, Steps steps)
{
    private static readonly string Module = $"toa/{ModuleSource.Version}";

    /// <param name="parameters">For every load; where there are none, those that somebody has set stay.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="ToolException">Something is missing, or DKMS fails.</exception>
    public async Task<ActionDocument> InstallAsync(IReadOnlyList<string> parameters, CancellationToken stop)
    {
        provider.RefuseOnTencentOS();
        provider.RefuseBesideOthers();
        if (machine.Exists(EbpfInstallation.Unit))
            throw new ToolException(
                "the eBPF provider is installed, and would be loaded beside the module: toa provider uninstall --kind "
                + $"{EbpfProvider.Kind} first.");
        provider.DemandRoot(steps, "install");
        await provider.DemandProgramAsync("dkms", ", or do without: toa provider build, toa provider load", stop);
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
        steps.WriteAll(SourceFolder(ModuleSource.Version), [.. ModuleSource.Files, ("dkms.conf", ModuleSource.Read(
            "packaging/dkms.conf"))]);
        await DkmsAsync(["add", Module], stop);
        await DkmsAsync(["build", Module, "-k", provider.Release], stop);
        await DkmsAsync(["install", Module, "-k", provider.Release], stop);

        steps.Write(ModuleSettings.LoadAtStart.Path, ModuleSettings.LoadAtStart.Text);
        steps.WriteOptions(
            ModuleSettings.Options.Path, ModuleSettings.Options.Text,
            parameters.Count > 0 ? $"\noptions toa {string.Join(' ', parameters)}\n" : null);
        return steps.Done("install", $"The module is installed for {provider.Release}, and will be for kernels to come. "
            + (provider.IsLoaded ? "The one that is loaded stays: toa provider unload, then load." : "Load it now: toa provider load."));
    }

    /// <exception cref="ToolException">DKMS fails.</exception>
    public async Task<ActionDocument> UninstallAsync(CancellationToken stop)
    {
        provider.DemandRoot(steps, "uninstall");
        string[] versions = await VersionsAsync(stop);
        string left = string.Concat(versions.Where(IsUnknown).Select(version =>
            $"\nDKMS has toa/{version}, but {SourceFolder(version)} is missing: toa leaves it alone, as its vendor is not known."));
        await RemoveAllAsync(versions, stop);
        DeleteOwn(ModuleSettings.LoadAtStart);
        DeleteOwn(ModuleSettings.Options);
        return steps.Done("uninstall", (steps.Commands.Count == 0
            ? "It was not installed."
            : "The module is no longer installed." + (provider.IsLoaded ? " It is still loaded: toa provider unload." : "")) + left);
    }

    private static string SourceFolder(string version) => $"/usr/src/toa-{version}";

    // An older version would be in the way of this one: both put their module at the same place.
    private async Task RemoveAllAsync(string[] versions, CancellationToken stop)
    {
        string[] own = [.. versions.Where(IsOwn)];
        foreach (string version in own)
            await DkmsAsync(["remove", $"toa/{version}", "--all"], stop);
        foreach (string version in own.Append(ModuleSource.Version).Distinct().Where(IsOwn))
            steps.Delete(SourceFolder(version));
    }

    // Without the list, another vendor's entry would look like none.
    private async Task<string[]> VersionsAsync(CancellationToken stop)
    {
        ProcessResult status = await provider.DkmsStatusAsync(stop);
        if (status.IsMissing)
            return [];
        // DKMS before 3.0.12 ends with 0 where a source folder is missing, and does not list the entry.
        if (!status.IsFine || status.Error.Contains("Could not locate dkms.conf", StringComparison.Ordinal))
            throw new ToolException($"dkms status -m toa failed: {Words(status)}. Repair DKMS, and try again.");
        return [.. ModuleProvider.DkmsVersions(ModuleProvider.DkmsLines(status))];
    }

    // DKMS names the file in the second line.
    private static string Words(ProcessResult status) => string.IsNullOrWhiteSpace(status.Error)
        ? status.Complaint.TrimEnd('.')
        : string.Join(' ', status.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).TrimEnd('.');

    // DKMS puts its module where depmod prefers it, and would hide the vendor's.
    private async Task RefuseForeignFileAsync(CancellationToken stop)
    {
        foreach (ModuleFile module in await provider.InstalledAsync(stop))
            ModuleProvider.DemandOwn(
                module, "is another vendor's module for this kernel. Remove it the way its vendor documents, and try again.");
    }

    // Vendors call their module toa as well, and give it to DKMS from a folder of the same name.
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
