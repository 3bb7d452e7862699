using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Machines;

namespace Toa.Tool.Provider;

/// <summary>A provider that a package of the distribution installed. Its files are the package manager's: toa does not change them.</summary>
/// <param name="File">A file of the package.</param>
/// <param name="Package">The package's name.</param>
/// <param name="Manager">The program that installs and removes packages.</param>
internal sealed record PackagedProvider(string File, string Package, string Manager)
{
    private const string Loader = "/usr/sbin/toa-bpf", Sources = "/usr/src";

    /// <summary>Finds the package of the eBPF provider.</summary>
    public static Task<PackagedProvider?> FindEbpfAsync(IMachine machine, CancellationToken stop) =>
        FirstAsync(machine, machine.Exists(Loader) ? [Loader] : [], stop);

    /// <summary>Finds the package of the module: of its source for DKMS, or of the built module.</summary>
    public static async Task<PackagedProvider?> FindModuleAsync(IMachine machine, ModuleProvider provider, CancellationToken stop)
    {
        IEnumerable<string> sources = machine.List(Sources)
            .Where(folder => folder.StartsWith("toa-", StringComparison.Ordinal))
            .Select(folder => $"{Sources}/{folder}/include/toa.h").Where(machine.Exists);
        // A kernel's own module belongs to the kernel's package.
        IEnumerable<string> modules = (await provider.InstalledAsync(stop))
            .Where(module => module.IsOwn == true && !module.IsOfKernel).Select(module => module.Path);
        return await FirstAsync(machine, [.. sources, .. modules], stop);
    }

    /// <exception cref="ToolException">Always: a provider of this kind is installed already.</exception>
    public void RefuseInstall() => throw new ToolException(
        $"{File} belongs to the package {Package}. To upgrade it, run {Manager} install {Package}. To install another copy with toa, "
        + $"first run {Manager} remove {Package}.");

    /// <exception cref="ToolException">Always: both providers would be loaded together.</exception>
    public void RefuseBeside() => throw new ToolException(
        $"the package {Package} has the other provider, which would be loaded together with this one. First run {Manager} remove "
        + $"{Package}.");

    /// <exception cref="ToolException">Always: the package manager must remove it.</exception>
    public void RefuseUninstall() => throw new ToolException(
        $"{File} belongs to the package {Package}. Remove it with {Manager} remove {Package}.");

    private static async Task<PackagedProvider?> FirstAsync(IMachine machine, string[] files, CancellationToken stop)
    {
        foreach (string file in files)
        {
            // "toa-bpf: /usr/sbin/toa-bpf"; with an architecture, "toa-bpf:arm64: …".
            ProcessResult debian = await machine.RunAsync("dpkg-query", ["--search", file], stop);
            if (debian.IsFine && debian.Output.Split(':')[0] is { Length: > 0 } package)
                return new PackagedProvider(file, package, "apt-get");
            ProcessResult rpm = await machine.RunAsync("rpm", ["-qf", "--queryformat", "%{NAME}\n", file], stop);
            if (rpm.IsFine && rpm.Output.Split('\n')[0] is { Length: > 0 } name)
                return new PackagedProvider(file, name, machine.Exists("usr/bin/zypper") ? "zypper" : "dnf");
        }

        return null;
    }
}
