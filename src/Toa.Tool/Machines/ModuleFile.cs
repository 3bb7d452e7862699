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

    /// <summary>
    /// It is another vendor's, and was built together with its kernel: a part of the kernel's package. Its folder does not tell. Vendors'
    /// manuals copy modules into kernel/, distributions put modules of the kernel into extra/, and DKMS before version 3.2 restores one to
    /// the folder of its own modules.
    /// </summary>
    [JsonIgnore]
    public bool IsOfKernel { get; private init; }

    /// <summary>It has the parameter that TencentOS's module has since it can name clients on kernels from 4.17 on.</summary>
    [JsonIgnore]
    public bool HasPeerNameSwitch { get; private init; }

    /// <summary>Whose it is: own (this project's), kernel or other; null where that cannot be read.</summary>
    public string? Origin => IsOwn switch
    {
        true => "own",
        false => IsOfKernel ? "kernel" : "other",
        null => null,
    };

    /// <summary>Whose it is, in a sentence.</summary>
    [JsonIgnore]
    public string Whose => IsOwn switch
    {
        true => "this project's",
        false => IsOfKernel ? "the kernel's own" : "another vendor's",
        null => "not identified",
    };

    /// <summary>The path below the kernel's folder in /lib/modules, which may be a link; the whole path if it is elsewhere.</summary>
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
    private const string OwnParameter = "ipv4_kinds:";

    private const string PeerNameSwitch = TencentOSModule.PeerNameSwitch + ":";

    // The kernel's build writes it into its modules, and not into those that are built outside. The kernel goes by it as well.
    private const string InTree = "intree";

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
        // Without a problem, no parameters are a module without any, and this project's has some.
        (string[] parameters, string? problem) = bytes is null ? await AskParametersAsync() : (FindAll(bytes, "parm="), null);
        bool? isOwn = problem is null ? parameters.Any(line => line.StartsWith(OwnParameter, StringComparison.Ordinal)) : null;
        bool isInTree = isOwn == false && (bytes is null ? await AskAsync(InTree) : Find(bytes, InTree + "=")) == "Y";
        return new ModuleFile(folder, file, magic?.Split(' ')[0], version, isOwn)
        {
            Problem = problem,
            IsOfKernel = isInTree,
            HasPeerNameSwitch = parameters.Any(line => line.StartsWith(PeerNameSwitch, StringComparison.Ordinal)),
        };

        async Task<(string[], string?)> AskParametersAsync()
        {
            ProcessResult result = await machine.RunAsync("modinfo", ["-F", "parm", file], stop);
            if (result.IsMissing)
                return ([], "modinfo is missing: install kmod");
            return result.IsFine ? (result.Output.Split('\n'), null) : ([], $"modinfo failed: {result.Complaint.TrimEnd('.')}");
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
