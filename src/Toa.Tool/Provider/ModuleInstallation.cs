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
    /// <summary>Loads it when the machine starts.</summary>
    public const string LoadAtStart = "/etc/modules-load.d/toa.conf";

    private const string Options = "/etc/modprobe.d/toa.conf";

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
        if (versions.Append(ModuleSource.Version).FirstOrDefault(IsForeign) is { } foreign)
            throw new ToolException(
                $"{SourceFolder(foreign)} is another vendor's module: it has no include/toa.h. Remove it the way its vendor documents, "
                + $"or with dkms remove toa/{foreign} --all and rm -r {SourceFolder(foreign)}.");
        await RemoveAllAsync(versions, stop);
        steps.WriteAll(SourceFolder(ModuleSource.Version), [.. ModuleSource.Files, ("dkms.conf", ModuleSource.Read(
            "packaging/dkms.conf"))]);
        await DkmsAsync(["add", Module], stop);
        await DkmsAsync(["build", Module, "-k", provider.Release], stop);
        await DkmsAsync(["install", Module, "-k", provider.Release], stop);

        steps.Write(LoadAtStart, ModuleSource.Read("packaging/modules-load.d/toa.conf"));
        steps.WriteOptions(
            Options, ModuleSource.Read("packaging/modprobe.d/toa.conf"),
            parameters.Count > 0 ? $"\noptions toa {string.Join(' ', parameters)}\n" : null);
        return steps.Done("install", $"The module is installed for {provider.Release}, and will be for kernels to come. "
            + (provider.IsLoaded ? "The one that is loaded stays: toa provider unload, then load." : "Load it now: toa provider load."));
    }

    /// <exception cref="ToolException">DKMS fails.</exception>
    public async Task<ActionDocument> UninstallAsync(CancellationToken stop)
    {
        provider.DemandRoot(steps, "uninstall");
        await RemoveAllAsync(await VersionsAsync(stop), stop);
        DeleteOwn(LoadAtStart, "packaging/modules-load.d/toa.conf");
        DeleteOwn(Options, "packaging/modprobe.d/toa.conf");
        return steps.Done("uninstall", steps.Commands.Count == 0
            ? "It was not installed."
            : "The module is no longer installed." + (provider.IsLoaded ? " It is still loaded: toa provider unload." : ""));
    }

    private static string SourceFolder(string version) => $"/usr/src/toa-{version}";

    // An older version would be in the way of this one: both put their module at the same place.
    private async Task RemoveAllAsync(string[] versions, CancellationToken stop)
    {
        string[] own = [.. versions.Where(version => !IsForeign(version))];
        foreach (string version in own)
            await DkmsAsync(["remove", $"toa/{version}", "--all"], stop);
        foreach (string version in own.Append(ModuleSource.Version).Distinct().Where(IsOwn))
            steps.Delete(SourceFolder(version));
    }

    private async Task<string[]> VersionsAsync(CancellationToken stop) =>
        [.. ModuleProvider.DkmsVersions(await provider.DkmsLinesAsync(stop))];

    // Vendors call their module toa as well, and give it to DKMS from a folder of the same name.
    private bool IsOwn(string version) => machine.Exists($"{SourceFolder(version)}/include/toa.h");

    private bool IsForeign(string version) => machine.Exists(SourceFolder(version)) && !IsOwn(version);

    private void DeleteOwn(string file, string template)
    {
        string header = ModuleSource.Read(template).Split('\n')[0];
        if (machine.ReadText(file)?.StartsWith(header, StringComparison.Ordinal) == true)
            steps.Delete(file);
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
