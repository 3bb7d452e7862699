using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;

namespace Toa.Tool.Provider;

/// <summary>The source of the kernel module, which the tool carries.</summary>
internal static class ModuleSource
{
    // As native/ has them.
    private static readonly string[] Folders = ["kmod/", "include/"];

    private static readonly Assembly Tool = typeof(ModuleSource).Assembly;

    /// <summary>The module's version, as dkms.conf says it.</summary>
    public static string Version { get; } = Read("packaging/dkms.conf").Split('\n')
        .First(line => line.StartsWith("PACKAGE_VERSION=", StringComparison.Ordinal)).Split('"')[1];

    /// <summary>The files that a build needs: paths and texts.</summary>
    public static IEnumerable<(string Path, string Text)> Files =>
        Tool.GetManifestResourceNames()
            .Where(name => Folders.Any(folder => name.StartsWith(folder, StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal).Select(name => (name, Read(name)));

    /// <summary>One of the files in native/.</summary>
    public static string Read(string path)
    {
        using StreamReader reader = new(Tool.GetManifestResourceStream(path)
            ?? throw new InvalidOperationException($"The tool was built without {path}."));
        return reader.ReadToEnd();
    }
}
