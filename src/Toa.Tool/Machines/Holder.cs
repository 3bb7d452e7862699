using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Toa.Tool.Machines;

/// <summary>A process that has a socket open.</summary>
internal sealed record Holder(string Process, string Name)
{
    private const string LinkStart = "socket:[";

    /// <summary>The processes that have one of the sockets open, as far as this user may see them.</summary>
    public static ILookup<string, Holder> Of(IMachine machine, IReadOnlyList<string> inodes)
    {
        HashSet<string> sockets = [.. inodes.Select(LinkTo)];
        return machine.List("proc")
            .Where(name => name.All(char.IsAsciiDigit))
            .SelectMany(process => Held(machine.PathOf($"proc/{process}/fd")).Where(sockets.Contains).Distinct()
                .Select(socket => (Inode: InodeOf(socket), Name: TryReadName(machine, process), Process: process)))
            .Where(held => held.Name is not null)
            .ToLookup(held => held.Inode, held => new Holder(held.Process, held.Name!));
    }

    /// <summary>What the descriptors of a socket link to, in /proc.</summary>
    public static string LinkTo(string inode) => $"{LinkStart}{inode}]";

    private static string InodeOf(string link) => link[LinkStart.Length..^1];

    private static IEnumerable<string> Held(string folder)
    {
        string[] descriptors;
        try
        {
            descriptors = Directory.GetFileSystemEntries(folder);
        }
        // The process belongs to another user, or has ended.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            yield break;
        }

        foreach (string descriptor in descriptors)
        {
            if (TryReadLink(descriptor) is { } target)
                yield return target;
        }
    }

    private static string? TryReadLink(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? TryReadName(IMachine machine, string process)
    {
        try
        {
            return machine.ReadText($"proc/{process}/comm")?.Trim();
        }
        catch (CannotLookException)
        {
            return null;
        }
    }
}
