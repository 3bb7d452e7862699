using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using System.Text.Json.Serialization;
using System.Threading;
using System.Threading.Tasks;

namespace Toa.Tool.Machines;

/// <summary>A toa.ko that is installed.</summary>
/// <param name="Folder">The kernel that it is installed for, as its folder in /lib/modules is called.</param>
/// <param name="Path">The file.</param>
/// <param name="Release">The kernel that it was built for; null where that cannot be read.</param>
/// <param name="Version">Its version, if it tells one.</param>
/// <param name="IsOwn">Whether it is this project's: vendors' modules have the same name. Null where that cannot be read.</param>
internal sealed record ModuleFile(string Folder, string Path, string? Release, string? Version, [property: JsonIgnore] bool? IsOwn)
{
    /// <summary>Why <see cref="IsOwn"/> is not known; null where it is.</summary>
    [JsonIgnore]
    public string? Problem { get; private init; }

    // No other vendor's module has this parameter.
    private const string OwnParameter = "ipv4_kinds:";

    private const string Modules = "lib/modules";

    // What a distribution's compression makes of the name.
    private static readonly string[] Names = ["toa.ko", "toa.ko.gz", "toa.ko.xz", "toa.ko.zst"];

    // As depmod: these lead into trees of headers.
    private static readonly string[] Headers = ["build", "source"];

    private static readonly EnumerationOptions WithHidden = new() { AttributesToSkip = 0 };

    /// <summary>All that are installed, for whichever kernel.</summary>
    public static async Task<IReadOnlyList<ModuleFile>> FindAsync(IMachine machine, CancellationToken stop)
    {
        List<ModuleFile> found = [];
        foreach (string folder in machine.List(Modules))
        {
            string path = machine.PathOf(System.IO.Path.Combine(Modules, folder));
            if (!Directory.Exists(path))
                continue;
            foreach (string file in FilesBelow(new DirectoryInfo(path), []).Order(StringComparer.Ordinal))
                found.Add(await ReadAsync(machine, folder, file, stop));
        }

        return found;
    }

    /// <summary>Reads what a module says of itself.</summary>
    public static async Task<ModuleFile> ReadAsync(IMachine machine, string folder, string file, CancellationToken stop)
    {
        byte[]? bytes = Unpack(file);
        string? magic = bytes is null ? await AskAsync("vermagic") : Find(bytes, "vermagic=");
        string? version = bytes is null ? await AskAsync("version") : Find(bytes, "version=");
        (bool? isOwn, string? problem) = bytes is null ? await AskIsOwnAsync() : (Find(bytes, "parm=" + OwnParameter) is not null, null);
        return new ModuleFile(folder, file, magic?.Split(' ')[0], version, isOwn) { Problem = problem };

        async Task<(bool?, string?)> AskIsOwnAsync()
        {
            ProcessResult result = await machine.RunAsync("modinfo", ["-F", "parm", file], stop);
            if (result.IsMissing)
                return (null, "modinfo is missing: install kmod");
            // An empty answer is a module without parameters, and this project's has some.
            return result.IsFine
                ? (result.Output.Split('\n').Any(line => line.StartsWith(OwnParameter, StringComparison.Ordinal)), null)
                : (null, $"modinfo failed: {result.Complaint.TrimEnd('.')}");
        }

        // For compressions that .NET does not know.
        async Task<string?> AskAsync(string field)
        {
            ProcessResult result = await machine.RunAsync("modinfo", ["-F", field, file], stop);
            return result.IsFine && result.Output.Trim() is { Length: > 0 } answer ? answer : null;
        }
    }

    // On RHEL, weak-updates has links to the modules of compatible kernels, and modprobe loads them.
    private static IEnumerable<string> FilesBelow(DirectoryInfo folder, HashSet<string> visited)
    {
        string place = folder.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? folder.FullName;
        // A link may lead to a folder above it.
        if (!visited.Add(place))
            yield break;
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos("*", WithHidden))
        {
            if (entry is DirectoryInfo inner)
            {
                if (Headers.Contains(entry.Name))
                    continue;
                foreach (string file in FilesBelow(inner, visited))
                    yield return file;
            }
            else if (Names.Contains(entry.Name) && HasTarget(entry))
            {
                yield return entry.FullName;
            }
        }
    }

    // depmod ignores a link without a target. File.Exists is true for it.
    private static bool HasTarget(FileSystemInfo file)
    {
        try
        {
            return file.LinkTarget is null || file.ResolveLinkTarget(returnFinalTarget: true) is { Exists: true };
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static byte[]? Unpack(string file)
    {
        try
        {
            if (file.EndsWith(".ko", StringComparison.Ordinal))
                return File.ReadAllBytes(file);
            if (!file.EndsWith(".gz", StringComparison.Ordinal))
                return null;
            using GZipStream packed = new(File.OpenRead(file), CompressionMode.Decompress);
            using MemoryStream unpacked = new();
            packed.CopyTo(unpacked);
            return unpacked.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return null;
        }
    }

    // The section .modinfo is made of such strings, each with a zero before and behind it.
    private static string? Find(ReadOnlySpan<byte> module, string key)
    {
        int at = module.IndexOf(Encoding.ASCII.GetBytes("\0" + key));
        if (at < 0)
            return null;
        ReadOnlySpan<byte> value = module[(at + 1 + key.Length)..];
        int end = value.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? value : value[..end]);
    }
}
