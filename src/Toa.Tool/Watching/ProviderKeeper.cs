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
using Toa.Tool.Provider;

namespace Toa.Tool.Watching;

/// <summary>Keeps one provider loaded, and never loads a second one.</summary>
/// <param name="machine">The machine.</param>
/// <param name="wanted">The provider to keep.</param>
/// <param name="tell">Reports a step to the user.</param>
internal sealed class ProviderKeeper(IMachine machine, WantedProvider wanted, Action<Message> tell)
{
    private const string Parameters = "/sys/module/toa/parameters";

    private readonly ModuleProvider _module = new(machine);
    private readonly EbpfProvider _ebpf = new(machine);

    private bool _serves;

    /// <summary>How often this object loaded a provider or replaced its programs.</summary>
    public int Loads { get; private set; }

    /// <summary>Loads the provider. If it is loaded already, applies the settings, and replaces the eBPF programs.</summary>
    /// <returns>The kind of the provider that is loaded.</returns>
    /// <exception cref="ToolException">No provider serves, or it is not the wanted one; the message says why.</exception>
    /// <exception cref="CannotLookException">This process cannot find out which modules are loaded.</exception>
    public Task<string> StartAsync(CancellationToken stop) => KeepAsync(isStart: true, stop);

    /// <summary>Loads the provider if it is no longer loaded, or not all of it is.</summary>
    /// <returns>The kind of the provider that is loaded.</returns>
    /// <exception cref="ToolException">No provider serves, or it is not the wanted one; the message says why.</exception>
    /// <exception cref="CannotLookException">This process cannot find out which modules are loaded.</exception>
    public Task<string> LookAsync(CancellationToken stop) => KeepAsync(isStart: false, stop);

    private async Task<string> KeepAsync(bool isStart, CancellationToken stop)
    {
        bool served = _serves;
        _serves = false;
        string kind = await KeepAsync(isStart, served, stop);
        _serves = true;
        return kind;
    }

    private async Task<string> KeepAsync(bool isStart, bool served, CancellationToken stop)
    {
        _module.RefuseBesideOthers();
        if (_module.IsLoaded)
            return KeepModule(isStart);
        if (machine.Exists(EbpfPins.Folder) || machine.DetectProvider().Kind == ToaProviderKind.ToaEbpf)
            return await KeepEbpfAsync(isStart, stop);
        if (served)
            tell($"No provider is loaded any more.");
        return wanted.Kind == EbpfProvider.Kind ? await LoadEbpfAsync(stop) : await LoadModuleAsync(stop);
    }

    private string KeepModule(bool isStart)
    {
        if (wanted.Kind == EbpfProvider.Kind)
            throw new ToolException(
                $"the kernel module is loaded. Run toa provider unload first, or use the module: --kind {ModuleProvider.Kind}.");
        if (isStart)
        {
            Apply();
            tell($"The module is loaded already. Its settings are applied.");
        }

        return ModuleProvider.Kind;
    }

    private async Task<string> KeepEbpfAsync(bool isStart, CancellationToken stop)
    {
        if (wanted.Kind == ModuleProvider.Kind && !wanted.OrEbpf)
            throw new ToolException(
                $"the eBPF provider is loaded. Run toa provider unload --kind {EbpfProvider.Kind} first, or use it: "
                + $"--kind {EbpfProvider.Kind}.");
        if (isStart)
            return await LoadEbpfAsync(stop);
        ProviderDocument status = await _ebpf.StatusAsync(stop);
        if (status is { Loaded: true, Problem: null })
            return EbpfProvider.Kind;
        Message unknown = $"its status cannot be read";
        tell($"The eBPF provider is not complete: {status.Problem ?? unknown.ToString()}");
        return await LoadEbpfAsync(stop);
    }

    private async Task<string> LoadModuleAsync(CancellationToken stop)
    {
        try
        {
            string? built = null;
            if (!(await _module.InstalledAsync(stop)).Any(module => module.IsOwn == true))
            {
                tell($"Building the module for {_module.Release}.");
                built = (await new ModuleBuild(machine, _module, new Steps(machine, isDryRun: false)).RunAsync(null, null, stop)).Module;
            }

            await new ModuleLoad(machine, _module, new Steps(machine, isDryRun: false)).LoadAsync(built, wanted.ModuleSettings, stop);
        }
        catch (ToolException e) when (wanted.OrEbpf)
        {
            tell($"The module cannot be used: {e.Message}");
            tell($"Loading the eBPF provider instead.");
            return await LoadEbpfAsync(stop);
        }

        Loads++;
        tell($"The module is loaded.");
        return ModuleProvider.Kind;
    }

    private async Task<string> LoadEbpfAsync(CancellationToken stop)
    {
        ActionDocument done = await _ebpf.LoadAsync(null, wanted.EbpfSettings, new Steps(machine, isDryRun: false), stop);
        Loads++;
        foreach (string line in done.Log)
            tell($"{line}");
        tell($"The eBPF provider is loaded.");
        return EbpfProvider.Kind;
    }

    // As toa-bpf load, sets all settings, also those that are not named.
    private void Apply()
    {
        Dictionary<string, string> values = new() { ["trusted"] = "any", ["formats"] = "tencent", ["nat64_getpeername"] = "N", ["syn"] = "N" };
        foreach (string setting in wanted.ModuleSettings)
        {
            string[] words = setting.Split('=', 2);
            values[words[0]] = words[1];
        }

        foreach ((string name, string value) in values)
        {
            string file = $"{Parameters}/{name}";
            if (machine.ReadText(file)?.Trim() == value)
                continue;
            try
            {
                File.WriteAllText(machine.PathOf(file), value);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new ToolException(
                    $"cannot set {name} of the loaded module to {value}: {e.Message} Make {Parameters} writable here, or unload the module "
                    + $"first: toa provider unload.", e);
            }
        }
    }
}
