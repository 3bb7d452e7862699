using System;
using System.Runtime.InteropServices;

namespace Toa.Ratios;

/// <summary>The loops of baseline.c.</summary>
internal static partial class Baseline
{
    /// <summary>The environment variable with the path of the compiled file.</summary>
    private const string Variable = "TOA_BASELINE";

    static Baseline() =>
        NativeLibrary.SetDllImportResolver(
            typeof(Baseline).Assembly, static (name, _, _) => name == "baseline" ? NativeLibrary.Load(Path) : 0);

    private static string Path =>
        Environment.GetEnvironmentVariable(Variable)
        ?? throw new InvalidOperationException($"{Variable} does not say where baseline.c is as a shared library.");

    [LibraryImport("baseline", EntryPoint = "baseline_lookup")]
    public static partial void Lookup(int socket, int calls);

    [LibraryImport("baseline", EntryPoint = "baseline_info")]
    public static partial void Info(int socket, int calls);
}
