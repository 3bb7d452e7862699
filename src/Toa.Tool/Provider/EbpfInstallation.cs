using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using Toa.Shared;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Provider;

/// <summary>Installs and uninstalls the eBPF provider's loader, which is embedded in the tool, and its systemd unit.</summary>
internal sealed class EbpfInstallation(IMachine machine, Steps steps)
{
    /// <summary>The systemd unit, which loads the provider at boot.</summary>
    public const string Unit = "/etc/systemd/system/toa-bpf.service";

    private const string Loader = "/usr/local/sbin/toa-bpf";
    private const string Options = "/etc/default/toa-bpf";

    /// <param name="parameters">The parameters for each boot. If empty, existing settings are kept.</param>
    /// <param name="stop">Cancels it.</param>
    /// <exception cref="ToolException">The provider cannot be installed; the message says why.</exception>
    public async Task<ActionDocument> InstallAsync(IReadOnlyList<string> parameters, CancellationToken stop)
    {
        (await PackagedProvider.FindEbpfAsync(machine, stop))?.RefuseInstall();
        // Otherwise both providers would be loaded at boot.
        (await PackagedProvider.FindModuleAsync(machine, new ModuleProvider(machine), stop))?.RefuseBeside();
        ModuleSettings.LoadAtStart.RefuseForeign(machine);
        if (ModuleSettings.LoadAtStart.IsOwn(machine))
            throw new ToolException(
                $"the kernel module is installed and would be loaded together with the eBPF provider. Run toa provider uninstall "
                + $"first.");
        new ModuleProvider(machine).RefuseBesideOthers();
        DemandRoot("install");
        steps.WriteProgram(Loader, ReadLoader());
        steps.Write(Unit, ModuleSource.Read("packaging/systemd/toa-bpf.service"));
        steps.WriteOptions(
            Options, ModuleSource.Read("packaging/default/toa-bpf"),
            parameters.Count > 0 ? $"TOA_BPF_OPTIONS=\"{string.Join(' ', parameters)}\"\n" : null);
        if (!HasSystemd)
            return steps.Done("install",
                $"The eBPF provider is installed, but is not loaded at boot, because systemd is not running. Load it now: "
                + $"{Loader} load.");

        await SystemctlAsync(["daemon-reload"], stop);
        await SystemctlAsync(["enable", "toa-bpf"], stop);
        return steps.Done("install",
            $"The eBPF provider is installed and is loaded at boot. Load it now: systemctl restart toa-bpf.");
    }

    /// <exception cref="ToolException">systemd fails, or a package installed the provider.</exception>
    public async Task<ActionDocument> UninstallAsync(CancellationToken stop)
    {
        (await PackagedProvider.FindEbpfAsync(machine, stop))?.RefuseUninstall();
        DemandRoot("uninstall");
        bool wasThere = machine.Exists(Loader) || machine.Exists(Unit) || machine.Exists(Options);
        bool wasUnit = machine.Exists(Unit) && HasSystemd;
        if (wasUnit)
            await SystemctlAsync(["disable", "--now", "toa-bpf"], stop);
        // If the provider was not loaded by systemd, unload it now: without toa-bpf, which is removed next, that is not possible.
        if (machine.Exists(Loader) && machine.Exists(EbpfPins.Folder))
            await EbpfProvider.UnloadAsync(steps, stop);
        foreach (string file in (string[])[Unit, Options, Loader])
            steps.Delete(file);
        if (wasUnit)
            await SystemctlAsync(["daemon-reload"], stop);
        return steps.Done(
            "uninstall", wasThere ? (Message)$"The eBPF provider is no longer installed." : $"The eBPF provider was not installed.");
    }

    // Embedded by the project file, for each architecture that it is built for.
    private byte[] ReadLoader()
    {
        if (machine.Architecture is not (Architecture.X64 or Architecture.Arm64))
            throw new ToolException(
                $"toa-bpf is built for x86-64 and arm64, and this machine is {machine.Architecture}. Use the kernel module.");
        using Stream program = typeof(EbpfInstallation).Assembly.GetManifestResourceStream($"bpf/toa-bpf.{machine.Architecture}")
            ?? throw new ToolException(
                $"this toa was built without toa-bpf for {machine.Architecture}. Run make bpf bpf-arm64, then build toa again.");
        using MemoryStream bytes = new();
        program.CopyTo(bytes);
        return bytes.ToArray();
    }

    private bool HasSystemd => machine.Exists("run/systemd/system");

    private void DemandRoot(string action)
    {
        if (!steps.IsDryRun && !machine.IsPrivileged)
            throw new ToolException(
                $"toa provider {action} requires root: run sudo toa provider {action} --kind {EbpfProvider.Kind}.");
    }

    private async Task SystemctlAsync(string[] arguments, CancellationToken stop)
    {
        ProcessResult result = await steps.RunAsync("systemctl", arguments, stop);
        if (!result.IsFine)
            throw new ToolException($"systemctl {string.Join(' ', arguments)} failed: {result.Complaint}");
    }
}
