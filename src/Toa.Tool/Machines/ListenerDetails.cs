using System;
using System.Linq;

namespace Toa.Tool.Machines;

/// <summary>Details of listening sockets that ss shows, and /proc/net/tcp does not.</summary>
internal sealed class ListenerDetails(ProcessResult sockets)
{
    private const string Inode = "ino:";

    // … [::]:80 [::]:* uid:0 ino:1234 sk:5 cgroup:/games.slice v6only:1 <->
    private readonly ILookup<string, string[]> _words = sockets.Output.Split('\n')
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .ToLookup(words => Array.Find(words, word => word.StartsWith(Inode, StringComparison.Ordinal))?[Inode.Length..] ?? "");

    /// <summary>Whether ss is missing.</summary>
    public bool IsMissing => sockets.IsMissing;

    /// <summary>Whether the socket accepts IPv6 only; null if ss does not show it.</summary>
    public bool? IsIPv6Only(Listener listener) => Find(listener, "v6only:") is { } value ? value == "1" : null;

    /// <summary>The cgroup in which the socket was created, below the mount; null if ss does not show it.</summary>
    public string? CgroupOf(Listener listener) => Find(listener, "cgroup:") is { } cgroup && cgroup.StartsWith('/') ? cgroup : null;

    /// <summary>Whether the cgroup in which the socket was created was removed.</summary>
    public bool IsCgroupRemoved(Listener listener) => Find(listener, "cgroup:")?.StartsWith("unreachable:", StringComparison.Ordinal) == true;

    private string? Find(Listener listener, string name) => _words[listener.Inode].SelectMany(words => words)
        .FirstOrDefault(word => word.StartsWith(name, StringComparison.Ordinal))?[name.Length..];
}
