using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Language;

namespace Toa.Tool.Machines;

/// <summary>The file that <c>modprobe toa</c> loads. If several are installed, depmod's order decides.</summary>
/// <param name="Module">The file; null if it is unknown or absent.</param>
/// <param name="Problem">Why the file is unknown or absent; null if it is known.</param>
internal sealed record ModprobeChoice(ModuleFile? Module, CannotLookException? Problem)
{
    /// <summary>Runs modinfo, which reads the result of depmod.</summary>
    public static async Task<ModprobeChoice> AskAsync(IMachine machine, string release, CancellationToken stop)
    {
        ProcessResult result = await machine.RunAsync("modinfo", ["-n", "toa"], stop);
        if (result.IsMissing)
            return Unknown($"modinfo is missing.", $"Install kmod.");
        if (!result.IsFine)
            return Unknown($"modinfo -n toa failed: {result.Complaint.TrimEnd('.')}.", $"Run depmod -a.");
        string path = result.Output.Trim();
        // For a module that is built into the kernel, modinfo prints (builtin).
        if (!path.StartsWith('/'))
            return Unknown($"modinfo -n toa shows '{path}'.", $"modinfo toa may show more.");
        return machine.Exists(path)
            ? new ModprobeChoice(await ModuleFile.ReadAsync(machine, release, machine.PathOf(path), stop), null)
            : Unknown($"modinfo -n toa shows {path}, which does not exist.", $"Run depmod -a.");
    }

    /// <summary>Whether it is this file. Full paths can differ, because /lib/modules may be a link.</summary>
    public bool Is(ModuleFile module) => Module?.Place == module.Place && Module.Folder == module.Folder;

    private static ModprobeChoice Unknown(Message what, Message cure) => new(null, new CannotLookException(what, cure));
}
