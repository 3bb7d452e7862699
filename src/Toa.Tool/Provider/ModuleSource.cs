using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;

namespace Toa.Tool.Provider;

/// <summary>The source of the kernel module, which is embedded in the tool.</summary>
internal static class ModuleSource
{
    // The folders in native/.
    private static readonly string[] Folders = ["kmod/", "include/"];

    private static readonly Assembly Tool = typeof(ModuleSource).Assembly;

    /// <summary>The module's version, from dkms.conf.</summary>
    public static string Version { get; } = Read("packaging/dkms.conf").Split('\n')
        .First(line => line.StartsWith("PACKAGE_VERSION=", StringComparison.Ordinal)).Split('"')[1];

    /// <summary>The paths and texts of the files that a build needs.</summary>
    public static IEnumerable<(string Path, string Text)> Files =>
        Tool.GetManifestResourceNames()
            .Where(name => Folders.Any(folder => name.StartsWith(folder, StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal).Select(name => (name, Read(name)));

    /// <summary>Reads a file of native/.</summary>
    public static string Read(string path)
    {
        using StreamReader reader = new(Tool.GetManifestResourceStream(path)
            ?? throw new InvalidOperationException($"The tool was built without {path}."));
        return reader.ReadToEnd();
    }
}
