using System;
using System.Diagnostics;
using System.Linq;

namespace Toa.Scenarios;

/// <summary>The kernel's log from a moment on.</summary>
internal sealed class KernelLog
{
    private readonly string _last;

    private KernelLog(string last) => _last = last;

    public static KernelLog Mark() => new(Lines().LastOrDefault(""));

    /// <summary>Behind the line that was the last one; all that is left, if the log has forgotten that.</summary>
    public string Since => string.Join('\n', Behind(Lines(), _last));

    /// <summary>
    /// Of ours: on an emulated machine the kernel complains about its clocks at any time. eBPF programs have no words,
    /// and the log of a machine that is no guest is everybody's.
    /// </summary>
    public void ExpectNothingNew()
    {
        if (Provider.IsModule)
            Expect.Equal("", string.Concat(Since.Split('\n').Where(line => line.Contains("TOA"))), "what the module logged meanwhile");
    }

    private static string[] Behind(string[] lines, string last) => lines[(Array.LastIndexOf(lines, last) + 1)..];

    private static string[] Lines()
    {
        using Process process = Process.Start(new ProcessStartInfo("dmesg") { RedirectStandardOutput = true })!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
