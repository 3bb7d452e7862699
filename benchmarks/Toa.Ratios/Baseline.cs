using System.Runtime.InteropServices;

namespace Toa.Ratios;

/// <summary>The loops of baseline.c.</summary>
internal static partial class Baseline
{
    /// <summary>Where the compiled file stands.</summary>
    public static string Path { get; set; } = "";

    static Baseline() =>
        NativeLibrary.SetDllImportResolver(
            typeof(Baseline).Assembly, static (name, _, _) => name == "baseline" ? NativeLibrary.Load(Path) : 0);

    [LibraryImport("baseline", EntryPoint = "baseline_lookup")]
    public static partial void Lookup(int socket, int calls);

    [LibraryImport("baseline", EntryPoint = "baseline_info")]
    public static partial void Info(int socket, int calls);
}
