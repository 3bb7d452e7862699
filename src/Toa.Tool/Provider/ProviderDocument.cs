using System.Collections.Generic;
using Toa.Tool.Machines;

namespace Toa.Tool.Provider;

/// <summary>What <c>toa provider status</c> tells.</summary>
/// <param name="Kind">The kind of provider: module or ebpf.</param>
/// <param name="Version">The version of the source that the tool carries.</param>
/// <param name="KernelRelease">The kernel that runs.</param>
/// <param name="Provider">Who answers programs, as <c>toa doctor</c> names it.</param>
/// <param name="Built">The module that <c>toa provider build</c> has left for this kernel; null if there is none.</param>
/// <param name="Installed">The modules that are installed.</param>
/// <param name="Modprobe">The one that <c>modprobe toa</c> loads; null if it is unknown or absent.</param>
/// <param name="Dkms">What DKMS says of it.</param>
/// <param name="Loaded">Whether a provider of this kind is loaded.</param>
/// <param name="Parameters">Its parameters; those that may not be read are null.</param>
/// <param name="Problem">What is wrong with it, in its loader's words; null if nothing is.</param>
internal sealed record ProviderDocument(
    string Kind, string Version, string KernelRelease, string Provider, ModuleFile? Built, IReadOnlyList<ModuleFile> Installed,
    string? Modprobe, IReadOnlyList<string> Dkms, bool Loaded, IReadOnlyDictionary<string, string?> Parameters, string? Problem);

/// <summary>What a command has done to the machine, or would do.</summary>
/// <param name="Action">The command, as load.</param>
/// <param name="DryRun">Whether nothing was done in truth.</param>
/// <param name="Message">How it ended.</param>
/// <param name="Commands">Each step, as somebody would type it.</param>
/// <param name="Module">The module that it was about, if that is a file.</param>
/// <param name="Log">What the provider said of it: the module in the kernel's log, or the eBPF loader.</param>
internal sealed record ActionDocument(
    string Action, bool DryRun, string Message, IReadOnlyList<string> Commands, string? Module, IReadOnlyList<string> Log);
