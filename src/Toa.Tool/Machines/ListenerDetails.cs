using System;
using System.Linq;

namespace Toa.Tool.Machines;

/// <summary>What ss shows of listening sockets in addition to the kernel's own list.</summary>
internal sealed class ListenerDetails(ProcessResult sockets)
{
    private const string Inode = "ino:";

    // … [::]:80 [::]:* uid:0 ino:1234 sk:5 cgroup:/games.slice v6only:1 <->
    private readonly ILookup<string, string[]> _words = sockets.Output.Split('\n')
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .ToLookup(words => Array.Find(words, word => word.StartsWith(Inode, StringComparison.Ordinal))?[Inode.Length..] ?? "");

    /// <summary>There is no ss.</summary>
    public bool IsMissing => sockets.IsMissing;

    /// <summary>Whether it takes IPv6 only; null where ss does not show that.</summary>
    public bool? IsIPv6Only(Listener listener) => Find(listener, "v6only:") is { } value ? value == "1" : null;

    /// <summary>The cgroup in which it was made, below the mount; null where ss does not show that.</summary>
    public string? CgroupOf(Listener listener) => Find(listener, "cgroup:") is { } cgroup && cgroup.StartsWith('/') ? cgroup : null;

    /// <summary>The cgroup in which it was made was removed.</summary>
    public bool IsCgroupRemoved(Listener listener) => Find(listener, "cgroup:")?.StartsWith("unreachable:", StringComparison.Ordinal) == true;

    private string? Find(Listener listener, string name) => _words[listener.Inode].SelectMany(words => words)
        .FirstOrDefault(word => word.StartsWith(name, StringComparison.Ordinal))?[name.Length..];
}
