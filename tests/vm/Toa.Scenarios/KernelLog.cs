using System.Diagnostics;
using System.Linq;

namespace Toa.Scenarios;

/// <summary>The kernel's log from a moment on.</summary>
internal sealed class KernelLog
{
    private readonly int _start;

    private KernelLog(int start) => _start = start;

    public static KernelLog Mark() => new(Read().Length);

    public string Since => Read()[_start..];

    /// <summary>Of ours: on an emulated machine the kernel complains about its clocks at any time.</summary>
    public void ExpectNothingNew() =>
        Expect.Equal("", string.Concat(Since.Split('\n').Where(line => line.Contains("TOA"))), "what the module logged meanwhile");

    private static string Read()
    {
        using Process process = Process.Start(new ProcessStartInfo("dmesg") { RedirectStandardOutput = true })!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text;
    }
}
