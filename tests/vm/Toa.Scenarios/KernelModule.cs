using System.Diagnostics;
using System.IO;

namespace Toa.Scenarios;

/// <summary>The kernel module as the provider under test.</summary>
internal sealed class KernelModule(string path)
{
    public static bool Loaded => Directory.Exists("/sys/module/toa");

    public void EnsureLoaded()
    {
        if (!Loaded)
            Load();
    }

    public void Load() => Run("insmod", path);

    public static void Unload() => Run("rmmod", "toa");

    private static void Run(string command, string argument)
    {
        using Process process = Process.Start(command, [argument]);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new ScenarioFailedException($"{command} {argument}: exit status {process.ExitCode}");
    }
}
