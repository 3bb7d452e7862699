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

    public void Load(params string[] parameters)
    {
        if (!TryLoad(parameters))
            throw new ScenarioFailedException($"insmod {path} {string.Join(' ', parameters)} failed");
    }

    public bool TryLoad(params string[] parameters) => Run("insmod", [path, .. parameters]);

    public static void Unload()
    {
        if (!Run("rmmod", ["toa"]))
            throw new ScenarioFailedException("rmmod toa failed");
    }

    private static bool Run(string command, string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
