using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace Toa.Internal;

/// <summary>What a machine's files tell about it, below a root that tests can set. What cannot be read is absent.</summary>
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
    /// Loaded kernel modules that read TOA options, by the names that vendors give them. Some only rewrite the peer's name, and
    /// answer no socket option.
    /// </summary>
    public IEnumerable<string> ToaModules => ToaModulesIn(Read("proc/modules") ?? "");

    /// <summary>
    /// Whether the kernel may rewrite names and answer no socket option: a module of another vendor, or one that is built in. True on
    /// every kernel of TencentOS: its TOA module can be built in, and a built-in module without parameters is visible nowhere. True if a
    /// file that would show a module cannot be read.
    /// </summary>
    public bool MayRewriteNames
    {
        get
        {
            try
            {
                // A process that sees no /proc/sys may see no /proc/modules either.
                return TencentOSRelease.IsMatch(File.ReadAllText(PathOf(ReleaseFile)))
                    || Directory.Exists(PathOf("sys/module/toa"))
                    || (ReadPresent("proc/modules") is { } modules && ToaModulesIn(modules).Any());
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return true;
            }
        }
    }

    // 3.10.107-1-tlinux2-0049, 5.4.119-1-tlinux4-0009, 6.6.30-5.tl4.x86_64; and, without a name in it, 4.14.105-19-0024,
    // 5.4.119-19-0009.11 and 5.4.119-19.0009.28. Other vendors' releases have letters behind the version.
    private static Regex TencentOSRelease { get; } =
        new(@"tlinux|\.tl\d|tkernel|^\d+\.\d+\.\d+-\d+[-.]\d{4}(\.\d+)*$", RegexOptions.IgnoreCase);

    /// <summary>Whether the module called <c>toa</c> is another vendor's. Where /sys is hidden, it is taken for this project's.</summary>
    public bool IsToaAnotherVendors => Directory.Exists(PathOf("sys/module/toa")) && ModuleSetting("ipv4_kinds") is null;

    /// <summary>
    /// Whether the loaded module <c>toa</c> was built together with the kernel: the kernel marks all others as out-of-tree. False where
    /// the mark cannot be read.
    /// </summary>
    public bool IsToaOfKernel => Read("sys/module/toa/taint") is { } taint && taint.IndexOf('O') < 0;

    /// <summary>The setting of the kernel module's; <see langword="null"/> where it cannot be read.</summary>
    public string? ModuleSetting(string name) => Read($"sys/module/toa/parameters/{name}")?.Trim();

    /// <summary>Docker's and Podman's marks, and what Kubernetes tells every process.</summary>
    public bool IsContainer =>
        File.Exists(PathOf(".dockerenv"))
        || File.Exists(PathOf("run/.containerenv"))
        || Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is not null
        || Environment.GetEnvironmentVariable("DOTNET_RUNNING_IN_CONTAINER") is not null
        || (Read("proc/1/cgroup") is { } cgroup && ContainerPaths.Any(name => cgroup.Contains(name)));

    /// <summary>How many CPUs the kernel counts for, as 5 for <c>0-3,8</c>; 0 if this is not shown.</summary>
    public int PossibleProcessors =>
        (Read("sys/devices/system/cpu/possible") ?? "").Split([','], StringSplitOptions.RemoveEmptyEntries).Sum(CountOf);

    // Of cgroup v1; with v2, a container sees its own as the root.
    private static string[] ContainerPaths { get; } = ["/docker", "/kubepods", "/containerd", "/lxc", "/libpod"];

    public string PathOf(string path) => Path.Combine(root, path);

    /// <param name="words">Name, size, number of users, their names, …</param>
    private bool IsToaModule(string[] words) => words[0].ToLowerInvariant() switch
    {
        "hookers" => true,
        // Also the name of DRM's memory manager, which is used by drivers or has this parameter.
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
