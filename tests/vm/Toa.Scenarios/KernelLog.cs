using System.Diagnostics;

namespace Toa.Scenarios;

/// <summary>The kernel's log from a moment on.</summary>
internal sealed class KernelLog
{
    private readonly int _start;

    private KernelLog(int start) => _start = start;

    public static KernelLog Mark() => new(Read().Length);

    public string Since => Read()[_start..];

    public void ExpectNothingNew() => Expect.Equal("", Since, "what the kernel logged meanwhile");

    private static string Read()
    {
        using Process process = Process.Start(new ProcessStartInfo("dmesg") { RedirectStandardOutput = true })!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text;
    }
}
