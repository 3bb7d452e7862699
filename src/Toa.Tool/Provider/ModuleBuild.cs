using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Provider;

/// <summary>Builds the module from the source that is embedded in the tool.</summary>
internal sealed class ModuleBuild(IMachine machine, ModuleProvider provider, Steps steps)
{
    /// <param name="headers">The kernel's build folder; null for that of the running kernel.</param>
    /// <param name="output">The folder for the build; null for a folder in the user's cache.</param>
    /// <param name="stop">Cancels the build.</param>
    /// <exception cref="ToolException">A program or the headers are missing, or the build fails.</exception>
    public async Task<ActionDocument> RunAsync(string? headers, string? output, CancellationToken stop)
    {
        string kernel = headers is null ? provider.HeadersFolder : Path.GetFullPath(headers);
        provider.DemandHeaders(kernel);
        await provider.DemandProgramAsync("make", $"", stop);
        if (await ModuleCompiler.FindAsync(machine, kernel) is { IsClang: true } clang)
            DemandClang(clang);
        else
            await provider.DemandProgramAsync("gcc", $"", stop);

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
        // The release in a distribution's headers is not always the release of the kernel, so read it from the module.
        if (machine.Exists(module))
            release = (await ModuleFile.ReadAsync(machine, release, machine.PathOf(module), stop)).Release ?? release;
        Message next = release == provider.Release ? (Message)$" Load it: sudo toa provider load --module {module}" : $"";
        return steps.Done("build", $"Built {module} for {release}.{next}") with { Module = module };
    }

    private static void DemandClang(ModuleCompiler clang)
    {
        if (clang.IsMissing)
            throw new ToolException(
                $"{clang.Program} is missing. The kernel was built with {clang.OfKernel}. Install its compiler: {clang.Install}.");
    }

    private string ReleaseOf(string kernel) =>
        machine.ReadText(Path.Combine(kernel, "include/config/kernel.release"))?.Trim() ?? Path.GetFileName(kernel);

    // The build empties the folder, so it must not contain the user's files.
    private void DemandOwnFolder(string folder)
    {
        if (machine.List(folder) is { Count: > 0 } entries && !entries.Contains("kmod"))
            throw new ToolException(
                $"{folder} contains files that are not from a build of the module. Name an empty folder with --output.");
    }

    // The compiler's error says more than that of make.
    private static string Cause(ProcessResult result)
    {
        string cause = $"{result.Output}\n{result.Error}".Split('\n', StringSplitOptions.TrimEntries)
            .FirstOrDefault(line => line.Contains("error:", StringComparison.Ordinal)) ?? result.Complaint;
        return $"{cause.TrimEnd('.')}.";
    }
}
