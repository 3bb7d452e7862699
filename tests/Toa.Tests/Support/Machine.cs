using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO;
using System.Runtime.CompilerServices;
using Xunit;

namespace Toa.Tests.Support;

/// <summary>The functions that this machine does not allow, according to the script tests/machine.</summary>
internal static class Machine
{
    private static readonly ConcurrentDictionary<string, string?> s_answers = new();

    /// <summary>Skips the calling test, with the reason, if the machine does not allow one of these.</summary>
    public static void Demand(params string[] names)
    {
        foreach (string name in names)
            Skip.If(Lacks(name) is not null, $"{name}: {Lacks(name)}");
    }

    /// <returns>The reason, or <see langword="null"/> if the machine allows it.</returns>
    public static string? Lacks(string name) => s_answers.GetOrAdd(name, Ask);

    private static string? Ask(string name)
    {
        using Process process = Process.Start(new ProcessStartInfo(ScriptPath(), [name]) { RedirectStandardOutput = true })!;
        string reason = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode switch
        {
            0 => null,
            1 => reason,
            _ => throw new InvalidDataException($"tests/machine does not know {name}."),
        };
    }

    private static string ScriptPath([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "../../machine"));
}
