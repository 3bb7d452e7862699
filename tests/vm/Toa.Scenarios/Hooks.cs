using System.IO;
using System.Linq;

namespace Toa.Scenarios;

/// <summary>How the loaded provider hooks the kernel's functions.</summary>
internal static class Hooks
{
    public const string Ftrace = "ftrace", Kprobe = "kprobe";

    /// <summary>The kind of hooks that the module was built with: one of the two above.</summary>
    public static string Way => Provider.Module.ReadSetting("hooks");

    /// <summary>Skips a scenario that is only for the other kind of hooks.</summary>
    public static void SkipUnless(string way)
    {
        if (Way != way)
            throw new ScenarioSkippedException($"the scenario requires {way} hooks, but the module has {Way} hooks");
    }

    /// <summary>All hooked kernel functions: ftrace's list, and the list of kprobes.</summary>
    public static string[] Placed =>
        [.. ((string[])["tracing/enabled_functions", "kprobes/list"])
            .Select(list => "/sys/kernel/debug/" + list)
            .Where(File.Exists)
            .SelectMany(File.ReadLines)];
}
