using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Toa.Internal;

/// <summary>What a machine's files tell about it, below a root that tests can set. What cannot be read is absent.</summary>
internal sealed class HostFiles(string root)
{
    public string KernelRelease => Read("proc/sys/kernel/osrelease")?.Trim() ?? Environment.OSVersion.VersionString;

    public string OperatingSystemName =>
        Lines("etc/os-release").Concat(Lines("usr/lib/os-release"))
            .Where(line => line.StartsWith("PRETTY_NAME=", StringComparison.Ordinal))
            .Select(line => line.Substring(line.IndexOf('=') + 1).Trim('"', '\''))
            .FirstOrDefault() ?? Environment.OSVersion.Platform.ToString();

    public IEnumerable<string> Modules => Lines("proc/modules").Select(line => line.Split(' ')[0]);

    /// <summary>Docker's and Podman's marks, and what Kubernetes tells every process.</summary>
    public bool IsContainer =>
        File.Exists(PathOf(".dockerenv"))
        || File.Exists(PathOf("run/.containerenv"))
        || Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is not null
        || Environment.GetEnvironmentVariable("DOTNET_RUNNING_IN_CONTAINER") is not null
        || (Read("proc/1/cgroup") is { } cgroup && ContainerPaths.Any(name => cgroup.Contains(name)));

    // Of cgroup v1; with v2, a container sees its own as the root.
    private static string[] ContainerPaths { get; } = ["/docker", "/kubepods", "/containerd", "/lxc", "/libpod"];

    public string PathOf(string path) => Path.Combine(root, path);

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

    private string[] Lines(string path) =>
        Read(path)?.Split(['\n'], StringSplitOptions.RemoveEmptyEntries) ?? [];
}
