using System;
using System.Diagnostics;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using Toa.Diagnostics;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios;

/// <summary>A kernel module: toa.ko, the provider under test, or another one that scenarios load.</summary>
/// <param name="path">The file.</param>
/// <param name="name">The name in lsmod.</param>
internal sealed class KernelModule(string path, string name) : IProvider
{
    public string Path => path;

    public ToaProviderKind Kind => ToaProviderKind.ToaModule;

    public bool Loaded => Directory.Exists($"/sys/module/{name}");

    public void Load(params string[] parameters)
    {
        if (!TryLoad(parameters))
            throw new ScenarioFailedException($"insmod {path} {string.Join(' ', parameters)} failed");
    }

    public bool TryLoad(params string[] parameters) => Run("insmod", [path, .. parameters], out _);

    /// <summary>
    /// Loads the module as insmod does, but from this process, so that the module finds this process's descriptors.
    /// </summary>
    public unsafe void LoadHere(string parameters)
    {
        using FileStream file = File.OpenRead(path);
        fixed (byte* text = Encoding.ASCII.GetBytes(parameters + '\0'))
        {
            if (Libc.syscall(Libc.SYS_finit_module, file.SafeFileHandle.DangerousGetHandle(), text, 0) != 0)
                throw new ScenarioFailedException($"finit_module {path} {parameters}: errno {Marshal.GetLastPInvokeError()}");
        }
    }

    public void Unload()
    {
        if (!Run("rmmod", [name], out string error))
            throw new ScenarioFailedException($"rmmod {name} failed: {error}");
    }

    public bool TryUnload() => Run("rmmod", [name], out _);

    public string ReadStats(string process) => File.ReadAllText($"/proc/{process}/net/toa_stats");

    public string ReadTable(string process) => File.ReadAllText($"/proc/{process}/net/toa_table");

    public string ShellCommand => "cat /proc/self/net/toa_table /proc/self/net/toa_stats";

    public string ReadSetting(string setting) => File.ReadAllText(SettingPath(setting)).TrimEnd('\n');

    public void WriteSetting(string setting, string value) => File.WriteAllText(SettingPath(setting), value);

    /// <summary>The reason is in the kernel's log.</summary>
    public string? Refusal(string setting, string value)
    {
        KernelLog log = KernelLog.Mark();
        try
        {
            WriteSetting(setting, value);
            return null;
        }
        catch (IOException exception)
        {
            Expect.True(exception.Message.Contains("Invalid argument", StringComparison.OrdinalIgnoreCase), exception.Message);
            return log.Since;
        }
    }

    public bool SeesNullPointers => true;

    public int Errno(int errno) => errno;

    private string SettingPath(string setting) => $"/sys/module/{name}/parameters/{setting}";

    private static bool Run(string command, string[] arguments, out string error)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
