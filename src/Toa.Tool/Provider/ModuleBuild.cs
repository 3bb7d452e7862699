using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Machines;

namespace Toa.Tool.Provider;

/// <summary>Builds the module from the source that the tool carries.</summary>
internal sealed class ModuleBuild(IMachine machine, ModuleProvider provider, Steps steps)
{
    /// <param name="headers">The kernel's build folder; null is the running kernel's.</param>
    /// <param name="output">Where to build; null is a folder of the user's cache.</param>
    /// <param name="stop">Ends the build.</param>
    /// <exception cref="ToolException">Something is missing, or the build fails.</exception>
    public async Task<ActionDocument> RunAsync(string? headers, string? output, CancellationToken stop)
    {
        string kernel = headers is null ? provider.HeadersFolder : Path.GetFullPath(headers);
        provider.DemandHeaders(kernel);
        await provider.DemandProgramAsync("make", "", stop);
        await provider.DemandProgramAsync("gcc", "", stop);

        string release = headers is null ? provider.Release : ReleaseOf(kernel);
        string folder = output is null ? ModuleProvider.BuildFolder(release) : Path.GetFullPath(output);
        DemandOwnFolder(folder);
        steps.WriteAll(folder, ModuleSource.Files);
        ProcessResult result = await steps.RunAsync(
            "make", ["-C", machine.PathOf(Path.Combine(folder, "kmod")), $"KDIR={machine.PathOf(kernel)}"], stop);
        if (!steps.IsDryRun)
            steps.Write(Path.Combine(folder, "make.log"), result.Output + result.Error);
        if (!result.IsFine)
            throw new ToolException(
                $"the module cannot be built for {release}: {Cause(result)} The output of make is in "
                + $"{Path.Combine(folder, "make.log")}.");

        string module = ModuleProvider.ModuleIn(folder);
        // Distributions' headers do not always call their kernel by the name that it has.
        if (machine.Exists(module))
            release = (await ModuleFile.ReadAsync(machine, release, machine.PathOf(module), stop)).Release ?? release;
        string next = release == provider.Release ? $" Load it: sudo toa provider load --module {module}" : "";
        return steps.Done("build", $"Built {module} for {release}.{next}") with { Module = module };
    }

    private string ReleaseOf(string kernel) =>
        machine.ReadText(Path.Combine(kernel, "include/config/kernel.release"))?.Trim() ?? Path.GetFileName(kernel);

    // It is emptied: somebody may have named one with other things in it.
    private void DemandOwnFolder(string folder)
    {
        if (machine.List(folder) is { Count: > 0 } entries && !entries.Contains("kmod"))
            throw new ToolException(
                $"{folder} contains files that are not from a build of the module. Name an empty folder with --output.");
    }

    // The compiler's own word says more than make's.
    private static string Cause(ProcessResult result)
    {
        string cause = $"{result.Output}\n{result.Error}".Split('\n', StringSplitOptions.TrimEntries)
            .FirstOrDefault(line => line.Contains("error:", StringComparison.Ordinal)) ?? result.Complaint;
        return $"{cause.TrimEnd('.')}.";
    }
}
