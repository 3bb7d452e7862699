using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using System.Text.Json.Serialization;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Language;

namespace Toa.Tool.Machines;

/// <summary>An installed toa.ko.</summary>
/// <param name="Folder">The kernel that it is installed for: the name of the folder in /lib/modules.</param>
/// <param name="Path">The file.</param>
/// <param name="Release">The kernel that it was built for; null if that cannot be read.</param>
/// <param name="Version">Its version, or null.</param>
/// <param name="IsOwn">Whether it is this project's: vendors' modules have the same name. Null if that cannot be read.</param>
internal sealed record ModuleFile(string Folder, string Path, string? Release, string? Version, [property: JsonIgnore] bool? IsOwn)
{
    /// <summary>Why <see cref="IsOwn"/> is not known; null if it is known.</summary>
    [JsonIgnore]
    public Message? Problem { get; private init; }

    /// <summary>
    /// Whether it is another vendor's module that was built together with the kernel, as a part of the kernel's package. The folder does
    /// not show that: vendors' manuals copy modules into kernel/, distributions put modules of the kernel into extra/, and DKMS before
    /// version 3.2 restores the kernel's module to the folder of DKMS modules.
    /// </summary>
    [JsonIgnore]
    public bool IsOfKernel { get; private init; }

    /// <summary>Whether it has the parameter that TencentOS's module got with the fix for kernels 4.17 and later.</summary>
    [JsonIgnore]
    public bool HasPeerNameSwitch { get; private init; }

    /// <summary>The origin: own (this project's), kernel or other; null if that cannot be read.</summary>
    public string? Origin => IsOwn switch
    {
        true => "own",
        false => IsOfKernel ? "kernel" : "other",
        null => null,
    };

    /// <summary>The origin, as words for a sentence.</summary>
    [JsonIgnore]
    public Message Whose => IsOwn switch
    {
        true => $"this project's",
        false => IsOfKernel ? (Message)$"the kernel's own" : $"another vendor's",
        null => $"not identified",
    };

    /// <summary>The path below the kernel's folder in /lib/modules, which may be a link; the full path if it is elsewhere.</summary>
    [JsonIgnore]
    public string Place
    {
        get
        {
            string folder = $"/{Modules}/{Folder}/";
            int at = Path.IndexOf(folder, StringComparison.Ordinal);
            return at < 0 ? Path : Path[(at + folder.Length)..];
        }
    }

    // No other vendor's module has this parameter.
    private const string OwnParameter = "formats:";

    private const string PeerNameSwitch = TencentOSModule.PeerNameSwitch + ":";

    // The kernel's build writes it into the kernel's own modules, not into out-of-tree modules. The kernel itself relies on it too.
    private const string InTree = "intree";

    private const string Modules = "lib/modules";

    // Distributions may compress modules.
    private static readonly string[] Names = ["toa.ko", "toa.ko.gz", "toa.ko.xz", "toa.ko.zst"];

    // depmod skips them too: they are links to kernel headers.
    private static readonly string[] Headers = ["build", "source"];

    private static readonly EnumerationOptions WithHidden = new() { AttributesToSkip = 0 };

    /// <summary>Finds the installed modules for all kernels.</summary>
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

    /// <summary>Reads the modinfo fields of a module.</summary>
    public static async Task<ModuleFile> ReadAsync(IMachine machine, string folder, string file, CancellationToken stop)
    {
        byte[]? bytes = Unpack(file);
        string? magic = bytes is null ? await AskAsync("vermagic") : Find(bytes, "vermagic=");
        string? version = bytes is null ? await AskAsync("version") : Find(bytes, "version=");
        // If there is no problem and no parameter, the module has no parameters, so it is not this project's.
        (string[] parameters, Message? problem) = bytes is null ? await AskParametersAsync() : (FindAll(bytes, "parm="), null);
        bool? isOwn = problem is null ? parameters.Any(line => line.StartsWith(OwnParameter, StringComparison.Ordinal)) : null;
        bool isInTree = isOwn == false && (bytes is null ? await AskAsync(InTree) : Find(bytes, InTree + "=")) == "Y";
        return new ModuleFile(folder, file, magic?.Split(' ')[0], version, isOwn)
        {
            Problem = problem,
            IsOfKernel = isInTree,
            HasPeerNameSwitch = parameters.Any(line => line.StartsWith(PeerNameSwitch, StringComparison.Ordinal)),
        };

        async Task<(string[], Message?)> AskParametersAsync()
        {
            ProcessResult result = await machine.RunAsync("modinfo", ["-F", "parm", file], stop);
            if (result.IsMissing)
                return ([], $"modinfo is missing: install kmod");
            return result.IsFine ? (result.Output.Split('\n'), null) : ([], $"modinfo failed: {result.Complaint.TrimEnd('.')}");
        }

        // For compression formats that .NET does not support.
        async Task<string?> AskAsync(string field)
        {
            ProcessResult result = await machine.RunAsync("modinfo", ["-F", field, file], stop);
            return result.IsFine && result.Output.Trim() is { Length: > 0 } answer ? answer : null;
        }
    }

    // Follows links: on RHEL, weak-updates contains links to modules of compatible kernels, and modprobe loads them.
    private static IEnumerable<string> FilesBelow(DirectoryInfo folder, HashSet<string> visited)
    {
        string place = folder.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? folder.FullName;
        // A link to a parent folder would be an endless loop.
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

    // depmod ignores a broken link, but File.Exists is true for it.
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

    // The section .modinfo consists of such strings, each with a zero byte before and after it.
    private static string? Find(ReadOnlySpan<byte> module, string key) => FindAll(module, key).FirstOrDefault();

    private static string[] FindAll(ReadOnlySpan<byte> module, string key)
    {
        ReadOnlySpan<byte> start = Encoding.ASCII.GetBytes("\0" + key);
        List<string> values = [];
        for (int at; (at = module.IndexOf(start)) >= 0;)
        {
            module = module[(at + start.Length)..];
            int end = module.IndexOf((byte)0);
            values.Add(Encoding.UTF8.GetString(end < 0 ? module : module[..end]));
        }

        return [.. values];
    }
}
