using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;

namespace Toa.EndToEnd.Tests;

/// <summary>The scripts of tests/vm, which boot a kernel and run something in it.</summary>
internal static class Guest
{
    private static readonly string Repository = FindRepository();

    public static Task<GuestResult> RunAsync(IEnumerable<string> options, params string[] command) =>
        StartAsync("guest", [.. options, "--", .. command]);

    /// <summary>All scenarios on one kernel.</summary>
    public static Task<GuestResult> RunSuiteAsync(string kernel) => StartAsync("suite", kernel);

    /// <summary>The same with the eBPF provider, on one kernel or on this machine's own.</summary>
    public static Task<GuestResult> RunEbpfSuiteAsync(string kernel) =>
        kernel == ScenarioRun.Host ? StartAsync("on-host") : StartAsync("suite", kernel, "--ebpf");

    private static async Task<GuestResult> StartAsync(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository, "tests/vm", script), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new GuestResult(process.ExitCode, await output, await error);
    }

    private static string FindRepository([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "../.."));
}
