using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace Toa.Internal;

/// <summary>Facts about the machine from its files, below a root that tests can set. A file that cannot be read counts as absent.</summary>
internal sealed class HostFiles(string root)
{
    private const string ReleaseFile = "proc/sys/kernel/osrelease";

    public string KernelRelease => Read(ReleaseFile)?.Trim() ?? Environment.OSVersion.VersionString;

    public string OperatingSystemName =>
        Lines("etc/os-release").Concat(Lines("usr/lib/os-release"))
            .Where(line => line.StartsWith("PRETTY_NAME=", StringComparison.Ordinal))
            .Select(line => line.Substring(line.IndexOf('=') + 1).Trim('"', '\''))
            .FirstOrDefault() ?? Environment.OSVersion.Platform.ToString();

    /// <summary>Whether this is a kernel of TencentOS (tlinux).</summary>
    public bool IsTencentOSKernel => TencentOSRelease.IsMatch(KernelRelease);

    /// <summary>
    /// Loaded kernel modules that read TOA options, by the names that vendors use. Some only rewrite the peer's name, and answer
    /// no socket option.
    /// </summary>
    public IEnumerable<string> ToaModules => ToaModulesIn(Read("proc/modules") ?? "");

    /// <summary>
    /// Whether the kernel may rewrite names without answering any socket option, by a loaded or built-in module of another
    /// vendor. True on every TencentOS kernel: its TOA module can be built in, and a built-in module without parameters is not
    /// visible anywhere. Also true if a file that would show a module cannot be read.
    /// </summary>
    public bool MayRewriteNames
    {
        get
        {
            try
            {
                // If /proc/sys is hidden, /proc/modules may be hidden too.
                return TencentOSRelease.IsMatch(File.ReadAllText(PathOf(ReleaseFile)))
                    || Directory.Exists(PathOf("sys/module/toa"))
                    || HasVtoa
                    || (ReadPresent("proc/modules") is { } modules && ToaModulesIn(modules).Any());
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return true;
            }
        }
    }

    // 3.10.107-1-tlinux2-0049, 5.4.119-1-tlinux4-0009, 6.6.30-5.tl4.x86_64; and without a vendor name: 4.14.105-19-0024,
    // 5.4.119-19-0009.11 and 5.4.119-19.0009.28. Other vendors' releases have letters after the version.
    private static Regex TencentOSRelease { get; } =
        new(@"tlinux|\.tl\d|tkernel|^\d+\.\d+\.\d+-\d+[-.]\d{4}(\.\d+)*$", RegexOptions.IgnoreCase);

    /// <summary>Whether the module <c>toa</c> is another vendor's. If /sys is hidden, it counts as this project's.</summary>
    public bool IsToaAnotherVendors => Directory.Exists(PathOf("sys/module/toa")) && ModuleSetting("formats") is null;

    /// <summary>Whether the files of vtoa, the TOA module of Alibaba Cloud Linux, exist.</summary>
    public bool HasVtoa => File.Exists(PathOf("proc/net/vtoa_stats")) || Directory.Exists(PathOf("proc/sys/net/ipv4/slb_vtoa"));

    /// <summary>
    /// Whether the loaded module <c>toa</c> was built together with the kernel: the kernel marks all others as out-of-tree. False
    /// if the mark cannot be read.
    /// </summary>
    public bool IsToaOfKernel => Read("sys/module/toa/taint") is { } taint && taint.IndexOf('O') < 0;

    /// <summary>The value of a parameter of the kernel module; <see langword="null"/> if it cannot be read.</summary>
    public string? ModuleSetting(string name) => Read($"sys/module/toa/parameters/{name}")?.Trim();

    /// <summary>Looks for marks of Docker and Podman, variables of Kubernetes and .NET images, and cgroup v1 paths.</summary>
    public bool IsContainer =>
        File.Exists(PathOf(".dockerenv"))
        || File.Exists(PathOf("run/.containerenv"))
        || Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is not null
        || Environment.GetEnvironmentVariable("DOTNET_RUNNING_IN_CONTAINER") is not null
        || (Read("proc/1/cgroup") is { } cgroup && ContainerPaths.Any(name => cgroup.Contains(name)));

    /// <summary>The number of possible CPUs, for example 5 for <c>0-3,8</c>; 0 if the file cannot be read.</summary>
    public int PossibleProcessors =>
        (Read("sys/devices/system/cpu/possible") ?? "").Split([','], StringSplitOptions.RemoveEmptyEntries).Sum(CountOf);

    // Paths of cgroup v1. With v2, a container sees its own cgroup as the root.
    private static string[] ContainerPaths { get; } = ["/docker", "/kubepods", "/containerd", "/lxc", "/libpod"];

    public string PathOf(string path) => Path.Combine(root, path);

    /// <param name="words">A line of /proc/modules: name, size, number of users, their names, …</param>
    private bool IsToaModule(string[] words) => words[0].ToLowerInvariant() switch
    {
        "hookers" => true,
        // DRM's memory manager has the same name. It is used by drivers or has this parameter.
        "ttm" => words.ElementAtOrDefault(3) is null or "-" && !File.Exists(PathOf("sys/module/ttm/parameters/pages_limit")),
        string name => name.StartsWith("toa", StringComparison.Ordinal) || name.EndsWith("toa", StringComparison.Ordinal)
            || name.Contains("_toa_"),
    };

    private static int CountOf(string range)
    {
        string[] ends = range.Split('-');
        return int.TryParse(ends[0], out int first) && int.TryParse(ends[ends.Length - 1], out int last) ? last - first + 1 : 0;
    }

    private IEnumerable<string> ToaModulesIn(string modules) =>
        LinesIn(modules).Select(line => line.Split(' ')).Where(IsToaModule).Select(words => words[0]);

    /// <returns><see langword="null"/> if the file does not exist.</returns>
    private string? ReadPresent(string path)
    {
        try
        {
            return File.ReadAllText(PathOf(path));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private string? Read(string path)
    {
        try
        {
            return File.ReadAllText(PathOf(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private string[] Lines(string path) => LinesIn(Read(path) ?? "");

    private static string[] LinesIn(string text) => text.Split(['\n'], StringSplitOptions.RemoveEmptyEntries);
}
