using System;
using System.Diagnostics;
using System.Linq;

namespace Toa.Scenarios;

/// <summary>The kernel's log after a certain line.</summary>
internal sealed class KernelLog
{
    private readonly string _last;

    private KernelLog(string last) => _last = last;

    public static KernelLog Mark() => new(Lines().LastOrDefault(""));

    /// <summary>The lines after the marked one; all lines if the log no longer has that one.</summary>
    public string Since => string.Join('\n', Behind(Lines(), _last));

    /// <summary>
    /// Checks only the module's lines: on an emulated machine, the kernel may log warnings about its clocks at any time. eBPF
    /// programs do not log, and on a machine that is not a guest, other programs do.
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
