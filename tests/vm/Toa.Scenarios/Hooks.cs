using System.IO;
using System.Linq;

namespace Toa.Scenarios;

/// <summary>How the loaded provider hooks the kernel's functions.</summary>
internal static class Hooks
{
    public const string Ftrace = "ftrace", Kprobe = "kprobe";

    /// <summary>One of the two above: the module was built with it.</summary>
    public static string Way => Provider.Module.ReadSetting("hooks");

    /// <summary>For what only one of the two ways does.</summary>
    public static void SkipUnless(string way)
    {
        if (Way != way)
            throw new ScenarioSkippedException($"about {way}, and the hooks are by {Way}");
    }

    /// <summary>What is hooked of the kernel, by anybody: ftrace's list, and that of kprobes.</summary>
    public static string[] Placed =>
        [.. ((string[])["tracing/enabled_functions", "kprobes/list"])
            .Select(list => "/sys/kernel/debug/" + list)
            .Where(File.Exists)
            .SelectMany(File.ReadLines)];
}
