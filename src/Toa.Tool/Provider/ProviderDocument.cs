using System.Collections.Generic;
using Toa.Tool.Machines;

namespace Toa.Tool.Provider;

/// <summary>The output of <c>toa provider status</c>.</summary>
/// <param name="Kind">The kind of provider: module or ebpf.</param>
/// <param name="Version">The version of the source that is embedded in the tool.</param>
/// <param name="KernelRelease">The running kernel.</param>
/// <param name="Provider">The provider that answers programs, as <c>toa doctor</c> shows it.</param>
/// <param name="Built">The module from <c>toa provider build</c> for this kernel; null if it was not built.</param>
/// <param name="Installed">The installed modules.</param>
/// <param name="Modprobe">The module that <c>modprobe toa</c> loads; null if it is unknown or absent.</param>
/// <param name="Dkms">The lines of <c>dkms status</c>.</param>
/// <param name="Loaded">Whether a provider of this kind is loaded.</param>
/// <param name="Parameters">Its parameters. Those that cannot be read are null.</param>
/// <param name="Problem">The error, for the eBPF provider in the words of its loader; null if all is well.</param>
internal sealed record ProviderDocument(
    string Kind, string Version, string KernelRelease, string Provider, ModuleFile? Built, IReadOnlyList<ModuleFile> Installed,
    string? Modprobe, IReadOnlyList<string> Dkms, bool Loaded, IReadOnlyDictionary<string, string?> Parameters, string? Problem);

/// <summary>The changes that a command made to the machine, or would make.</summary>
/// <param name="Action">The command, for example load.</param>
/// <param name="DryRun">Whether nothing was changed (<c>--dry-run</c>).</param>
/// <param name="Message">The result.</param>
/// <param name="Commands">The steps, as shell commands.</param>
/// <param name="Module">The module's file, or null.</param>
/// <param name="Log">The messages of the module in the kernel's log, or of the eBPF loader.</param>
internal sealed record ActionDocument(
    string Action, bool DryRun, string Message, IReadOnlyList<string> Commands, string? Module, IReadOnlyList<string> Log);
