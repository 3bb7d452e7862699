using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;

namespace Toa.EndToEnd.Tests;

/// <summary>tests/vm/guest: boots a kernel, runs one command in it.</summary>
internal static class Guest
{
    public static string Repository { get; } = FindRepository();

    public static async Task<GuestResult> RunAsync(IEnumerable<string> options, params string[] command)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository, "tests/vm/guest"))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in (string[])[.. options, "--", .. command])
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new GuestResult(process.ExitCode, await output, await error);
    }

    /// <summary>Something that make has built.</summary>
    public static string Artifact(string path)
    {
        string full = Path.Combine(Repository, "artifacts", path);
        return File.Exists(full) ? full : throw new FileNotFoundException($"{full} is missing: make test builds it");
    }

    private static string FindRepository([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "../.."));
}
