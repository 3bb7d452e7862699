using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Toa.Diagnostics;
using Toa.Shared;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Provider;

/// <summary>Loads and unloads the module.</summary>
internal sealed class ModuleLoad(IMachine machine, ModuleProvider provider, Steps steps)
{
    // rmmod fails whenever a getsockopt call is in the module at that moment, so retry.
    private const int Attempts = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // The text of insmod and modprobe for an errno, and its cause here.
    private static readonly (string Words, Message Cause)[] Causes =
    [
        ("Key was rejected",
            $"the kernel requires a signature with a key that it knows. Run toa provider enroll-key, which signs the module and enrolls "
            + $"the key."),
        ("Required key not available",
            $"the kernel requires a signature with a key that it knows. Run toa provider enroll-key, which signs the module and enrolls "
            + $"the key."),
        ("Device or resource busy",
            $"another module answers the same socket options or has hooked the same functions. toa doctor shows other "
            + $"modules and live patches."),
        ("Invalid argument", $"a parameter is not valid."),
        ("Invalid parameters", $"a parameter is not valid."),
        ("Exec format error", $"it was built for another kernel. Run toa provider build."),
        ("Invalid module format", $"it was built for another kernel. Run toa provider build."),
        ("invalid module format", $"it was built for another kernel. Run toa provider build."),
        ("Unknown symbol", $"it was built for another kernel. Run toa provider build."),
        ("Operation not supported", $"the kernel does not call the hooks. Make sure that kernel.ftrace_enabled is 1."),
        ("File exists",
            $"another module with the name toa is loaded or built into the kernel. lsmod and ls /sys/module/toa show it."),
        ("Operation not permitted", $"a lockdown or a container prevents it. Load the module on the host, as root."),
        ("Cannot allocate memory", $"there is not enough memory."),
    ];

    /// <param name="file">The module file; null for the installed module, or else the one from <c>toa provider build</c>.</param>
    /// <param name="parameters">The parameters, in the form for insmod.</param>
    /// <param name="stop">Cancels it.</param>
    /// <exception cref="ToolException">The module cannot be loaded; the message says why.</exception>
    public async Task<ActionDocument> LoadAsync(string? file, IReadOnlyList<string> parameters, CancellationToken stop)
    {
        provider.RefuseBesideOthers();
        if (provider.IsLoaded)
            return parameters.Count == 0
                ? Done("load", $"The module is loaded already.", null, [])
                : throw new ToolException(
                    $"the module is loaded already. Set its parameters in /sys/module/toa/parameters, or unload it "
                    + $"first: toa provider unload.");
        RefuseBesideEbpf();
        provider.DemandRoot(steps, "load");

        string? module = await FindAsync(file, stop);
        KernelLog log = await KernelLog.MarkAsync(machine, stop);
        ProcessResult result = module is null
            ? await steps.RunAsync("modprobe", ["toa", .. parameters], stop)
            : await steps.RunAsync("insmod", [machine.PathOf(module), .. parameters], stop);
        if (steps.IsDryRun)
            return Done("load", Steps.NothingDone, module, []);

        IReadOnlyList<string> said = await log.ReadNewAsync(stop);
        if (!result.IsFine)
            throw new ToolException($"the module cannot be loaded: {Explain(result)}{Quote(said)}");
        // modprobe follows install lines in /etc/modprobe.d, and exits with 0 if a module toa is built into the kernel.
        if (!provider.IsLoaded)
            throw new ToolException(
                $"{(module is null ? "modprobe" : "insmod")} succeeded, but the module toa that is loaded is not this project's, or "
                + $"{machine.PathOf("sys/module/toa/parameters")} is not visible. See modprobe --show-depends toa, and toa provider status.");
        return Done("load", $"The module is loaded.", module, said);
    }

    /// <exception cref="ToolException">The module cannot be unloaded; the message says why.</exception>
    public async Task<ActionDocument> UnloadAsync(CancellationToken stop)
    {
        if (!provider.IsLoaded)
        {
            provider.RefuseBesideOthers();
            return Done("unload", IsEbpfLoaded
                ? (Message)$"The module is not loaded. The eBPF provider is loaded: add --kind {EbpfProvider.Kind}."
                : $"The module is not loaded.", null, []);
        }

        provider.DemandRoot(steps, "unload");

        KernelLog log = await KernelLog.MarkAsync(machine, stop);
        for (int attempt = 1; ; attempt++)
        {
            ProcessResult result = await steps.RunAsync("rmmod", ["toa"], stop);
            if (steps.IsDryRun)
                return Done("unload", Steps.NothingDone, null, []);
            if (result.IsFine)
                return Done("unload", $"The module is unloaded.", null, await log.ReadNewAsync(stop));
            // EAGAIN: the module is in use while a program is in getsockopt, and rmmod does not wait.
            bool isBusy = result.Error.Contains("temporarily unavailable", StringComparison.Ordinal)
                || result.Error.Contains("is in use", StringComparison.Ordinal);
            if (!isBusy)
                throw new ToolException($"the module cannot be unloaded: {result.Complaint}");
            if (attempt == Attempts)
                throw new ToolException(
                    $"the module is still in use after {Attempts} attempts, because programs call it all the time. Try again.");
            await Task.Delay(Pause, machine.Clock, stop);
        }
    }

    // With both providers, one could return a TOA option that the other refuses: the wider list of trusted networks would apply.
    private void RefuseBesideEbpf()
    {
        if (IsEbpfLoaded || machine.Exists(EbpfPins.Folder))
            throw new ToolException($"the eBPF provider is loaded. Run toa provider unload --kind {EbpfProvider.Kind} first.");
    }

    private bool IsEbpfLoaded => machine.DetectProvider().Kind == ToaProviderKind.ToaEbpf;

    private async Task<string?> FindAsync(string? file, CancellationToken stop)
    {
        if (file is not null)
        {
            await provider.ReadNamedAsync(file, stop);
            return Path.GetFullPath(file);
        }

        Message kernels = $"";
        if (await provider.InstalledAsync(stop) is { Count: > 0 } installed)
        {
            ModuleFile chosen = await AskModprobeAsync(installed[0], stop);
            if (!chosen.IsOfKernel)
            {
                ModuleProvider.DemandOwn(
                    chosen,
                    $"is another vendor's, and modprobe would load it: remove it the way its vendor documents, or name this project's module "
                    + $"with --module.");
                return null;
            }

            if (installed.FirstOrDefault(module => module.IsOwn == true) is { } own)
                throw new ToolException(
                    $"modprobe would load {chosen.Path}, which is the kernel's own, although {own.Path} is installed. Make depmod prefer that "
                    + $"one: {ModuleProvider.Prefer(own)}");
            kernels = $" modprobe would load {chosen.Path}, which is the kernel's own.";
        }

        string built = ModuleProvider.ModuleIn(ModuleProvider.BuildFolder(provider.Release));
        if (!machine.Exists(built))
            throw new ToolException(
                $"no module of this project exists for {provider.Release}. Run toa provider install or toa provider build, or name "
                + $"a file with --module.{kernels}");
        await DemandOwnAsync(machine.PathOf(built), $"is not this project's module. Build it again: toa provider build.", stop);
        return built;
    }

    private async Task<ModuleFile> AskModprobeAsync(ModuleFile installed, CancellationToken stop)
    {
        ModprobeChoice choice = await ModprobeChoice.AskAsync(machine, provider.Release, stop);
        return choice.Module ?? throw new ToolException(
            $"{installed.Path} is installed, but the module that modprobe would load cannot be identified: {choice.Problem!.What} "
            + $"{choice.Problem.Cure} Or name the module with --module.");
    }

    private async Task DemandOwnAsync(string path, Message otherwise, CancellationToken stop) =>
        ModuleProvider.DemandOwn(await ModuleFile.ReadAsync(machine, provider.Release, path, stop), otherwise);

    private static Message Explain(ProcessResult result)
    {
        if (result.IsMissing)
            return $"insmod or modprobe is missing: install kmod.";
        Message? cause = Causes.FirstOrDefault(cause => result.Error.Contains(cause.Words, StringComparison.Ordinal)).Cause;
        return cause is null ? (Message)$"{result.Complaint.TrimEnd('.')}." : $"{result.Complaint.TrimEnd('.')}: {cause}";
    }

    private static Message Quote(IReadOnlyList<string> said) =>
        said.Count > 0 ? (Message)$" The kernel's log: {string.Join("; ", said)}" : $" See dmesg for more.";

    private ActionDocument Done(string action, Message message, string? module, IReadOnlyList<string> log) =>
        new(action, steps.IsDryRun, message.ToString(), steps.Commands, module, log);
}
