using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Formats;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Provider;

/// <summary>The kernel module as a provider: its files and its state.</summary>
internal sealed class ModuleProvider(IMachine machine)
{
    public const string Kind = "module";

    private const string Name = "toa", Parameters = "sys/module/toa/parameters";

    // The TOA module of Alibaba Cloud Linux.
    private const string Vtoa = "vtoa";

    private static readonly string[] VtoaFiles = ["proc/net/vtoa_stats", "proc/sys/net/ipv4/slb_vtoa"];

    // No other vendor's module has all of them.
    private static readonly string[] OwnParameters = ["nat64_getpeername", FormatSetting.Name, "trusted"];

    public string Release { get; } = machine.KernelRelease();

    /// <summary>
    /// Whether the loaded module toa is this project's. The name is not enough, because vendors' modules have the same name. The
    /// answer to getsockopt 4097 is not enough either: with a vendor's module loaded, the eBPF provider can answer, and there is no
    /// answer in a sandbox that forbids the call, or while rmmod waits for callers. Only this project's module has all three
    /// parameters, so "unload" accepts a module that has them but does not answer.
    /// </summary>
    public bool IsLoaded => OwnParameters.All(name => machine.Exists($"{Parameters}/{name}"));

    /// <summary>Whether a module toa is loaded whose parameters are hidden: it may be this project's.</summary>
    public bool IsUnknown => machine.DetectProvider().Modules.Contains(Name) && !machine.Exists("sys/module");

    /// <summary>The other TOA modules that are loaded.</summary>
    public IReadOnlyList<string> Others
    {
        get
        {
            // A module that is built into the kernel is not in the list of modules.
            IEnumerable<string> modules =
            [
                .. machine.Exists($"sys/module/{Name}") ? [Name] : Array.Empty<string>(),
                .. machine.DetectProvider().Modules,
                .. VtoaFiles.Any(machine.Exists) ? [Vtoa] : Array.Empty<string>(),
            ];
            return [.. modules.Distinct().Where(name => name != Name || !(IsLoaded || IsUnknown))];
        }
    }

    /// <exception cref="ToolException">Another vendor's module is loaded, or may be.</exception>
    /// <exception cref="CannotLookException">This process is not allowed to read the list of modules.</exception>
    public void RefuseBesideOthers()
    {
        if (OtherLoaded is { } other)
        {
            Message cure = IsOnlyKernelsLoaded
                ? (Message)$"Stop the programs that use it, then unload it: rmmod toa, or modprobe -r toa."
                : $"Unload it the way its vendor documents.";
            throw new ToolException($"{other}. toa does not change it, and does not load another provider. {cure}");
        }

        if (IsUnknown)
            throw new ToolException(UnknownModule);
        // If /proc/sys/kernel is missing too, a sandbox hides parts of /proc. Otherwise the kernel has no loadable modules.
        if (machine.ReadText("proc/modules") is null && !machine.Exists("proc/sys/kernel"))
            throw new ToolException(
                $"the loaded modules cannot be listed: {machine.PathOf("proc/modules")} is not visible. Run toa on the host, as root.");
    }

    /// <param name="module">The module's file.</param>
    /// <param name="otherwise">The rest of the message if it is another vendor's: the error, and what to do.</param>
    /// <exception cref="ToolException">The module is another vendor's, or may be.</exception>
    public static void DemandOwn(ModuleFile module, Message otherwise)
    {
        if (module.IsOwn is null)
            throw new ToolException($"{module.Path} cannot be identified: {module.Problem}.");
        if (module.IsOwn == false)
            throw new ToolException($"{module.Path} {otherwise}");
    }

    /// <summary>Reads a module that the user names.</summary>
    /// <exception cref="ToolException">It does not exist, or it is another vendor's.</exception>
    public async Task<ModuleFile> ReadNamedAsync(string file, CancellationToken stop)
    {
        string path = Path.GetFullPath(file);
        if (!machine.Exists(path))
            throw new ToolException($"{file} does not exist. toa provider build builds a module.");
        ModuleFile module = await ModuleFile.ReadAsync(machine, Release, machine.PathOf(path), stop);
        DemandOwn(module, $"is not this project's module: it has no parameter formats. toa provider build builds one.");
        return module;
    }

    /// <summary>Finds the modules that are installed for this kernel.</summary>
    public async Task<IReadOnlyList<ModuleFile>> InstalledAsync(CancellationToken stop) =>
        [.. (await ModuleFile.FindAsync(machine, stop)).Where(module => module.Folder == Release)];

    public string HeadersFolder => $"/lib/modules/{Release}/build";

    /// <summary>The user's folder for builds for a kernel.</summary>
    public static string BuildFolder(string release)
    {
        string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(cache))
            cache = Path.Combine(Environment.GetEnvironmentVariable("HOME") ?? "/root", ".cache");
        return Path.Combine(cache, "toa", "module", ModuleSource.Version, release);
    }

    public static string ModuleIn(string folder) => Path.Combine(folder, "kmod", "toa.ko");

    /// <summary>The command that makes depmod prefer a module to all others of its name, if its folder does not do that.</summary>
    /// <remarks>
    /// A search line in another file does not help: the line of a file whose name sorts first, for example the distribution's
    /// dist.conf, has priority.
    /// </remarks>
    public static string Prefer(ModuleFile module) =>
        $"echo 'override {Name} * {Path.GetDirectoryName(module.Place)}' > /etc/depmod.d/{Name}.conf && depmod -a";

    /// <exception cref="ToolException">This user is not root.</exception>
    public void DemandRoot(Steps steps, string action)
    {
        if (!steps.IsDryRun && !machine.IsPrivileged)
            throw new ToolException($"toa provider {action} requires root: run sudo toa provider {action}.");
    }

    /// <exception cref="ToolException">The program is missing.</exception>
    public async Task DemandProgramAsync(string program, Message otherwise, CancellationToken stop)
    {
        if ((await machine.RunAsync(program, ["--version"], stop)).IsMissing)
            throw new ToolException($"{program} is missing: {Packages.Of(program)}{otherwise}.");
    }

    /// <exception cref="ToolException">The headers are missing.</exception>
    public void DemandHeaders(string folder)
    {
        if (!machine.Exists(Path.Combine(folder, "Makefile")))
            throw new ToolException(
                $"no kernel headers in {folder}: {Packages.Headers(Release)}, or name their folder with --kdir.");
    }

    public Task<ProcessResult> DkmsStatusAsync(CancellationToken stop) => machine.RunAsync("dkms", ["status", "-m", "toa"], stop);

    /// <summary>The lines of <c>dkms status</c>; empty if it failed.</summary>
    public static IReadOnlyList<string> DkmsLines(ProcessResult status) =>
        status.IsFine
            ? status.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : [];

    /// <summary>DKMS 3 prints <c>toa/0.1.0, 6.1.0, x86_64: installed</c>, and DKMS 2 prints <c>toa, 0.1.0, 6.1.0, …</c>.</summary>
    public static IEnumerable<string> DkmsVersions(IEnumerable<string> lines) =>
        lines.Select(line => line.Split(['/', ',', ':'], StringSplitOptions.TrimEntries))
            .Where(words => words is ["toa", _, ..]).Select(words => words[1]).Distinct();

    public async Task<ProviderDocument> StatusAsync(CancellationToken stop)
    {
        string built = ModuleIn(BuildFolder(Release));
        return new ProviderDocument(
            Kind, ModuleSource.Version, Release, machine.DetectProvider().Kind.ToString(),
            machine.Exists(built) ? await ModuleFile.ReadAsync(machine, Release, machine.PathOf(built), stop) : null,
            await ModuleFile.FindAsync(machine, stop), (await ModprobeChoice.AskAsync(machine, Release, stop)).Module?.Path,
            DkmsLines(await DkmsStatusAsync(stop)), IsLoaded,
            IsLoaded ? machine.List(Parameters).ToDictionary(name => name, Parameter) : [],
            (OtherLoaded ?? (IsUnknown ? UnknownModule : null))?.ToString());
    }

    // The kernel taints modules that were not built together with it as out-of-tree (O).
    private bool IsKernelsLoaded => Others.Contains(Name) && TryRead("sys/module/toa/taint") is { } taint && !taint.Contains('O');

    private bool IsOnlyKernelsLoaded => IsKernelsLoaded && Others.Count == 1;

    private Message? OtherLoaded => Others is not { Count: > 0 } others ? null
        : IsOnlyKernelsLoaded ? (Message)$"the kernel's own TOA module is loaded: {Name}"
        : $"another vendor's TOA module is loaded: {string.Join(", ", others)}";

    private Message UnknownModule =>
        $"the loaded module {Name} cannot be identified: {machine.PathOf("sys/module")} is not visible. Run toa on the host.";

    private string? Parameter(string name) => TryRead($"{Parameters}/{name}")?.Trim();

    private string? TryRead(string path)
    {
        try
        {
            return machine.ReadText(path);
        }
        catch (CannotLookException)
        {
            return null;
        }
    }
}
