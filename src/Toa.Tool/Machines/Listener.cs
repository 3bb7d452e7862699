using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Toa.Tool.Machines;

/// <summary>A listening TCP socket.</summary>
/// <param name="End">Its local address.</param>
/// <param name="Inode">Its inode number, which the descriptors of processes show.</param>
/// <param name="Holders">The processes that have it open, as far as this user may see them.</param>
internal sealed record Listener(IPEndPoint End, string Inode, IReadOnlyList<Holder> Holders)
{
    private const string Listening = "0A", IPv4File = "proc/net/tcp";

    public bool IsLoopback => IPAddress.IsLoopback(Unmapped);

    /// <summary>Whether it is bound to an IPv6 address, so that no IPv4 packet reaches it.</summary>
    public bool IsIPv6Address => Unmapped.AddressFamily == AddressFamily.InterNetworkV6 && !IsIPv6Any;

    public bool IsIPv6Any => End.Address.Equals(IPAddress.IPv6Any);

    private IPAddress Unmapped => End.Address.IsIPv4MappedToIPv6 ? End.Address.MapToIPv4() : End.Address;

    public override string ToString() => $"{End}{(Holders.Count == 0 ? "" : $" ({Holders[0].Name})")}";

    /// <summary>Finds all listeners of this network namespace, in the order of their ports.</summary>
    /// <exception cref="CannotLookException">The listeners cannot be listed.</exception>
    public static IReadOnlyList<Listener> Find(IMachine machine)
    {
        List<(IPEndPoint End, string Inode)> sockets = [];
        foreach (string file in (string[])[IPv4File, "proc/net/tcp6"])
        {
            string? list = machine.ReadText(file);
            // Without IPv6, tcp6 does not exist.
            if (list is null && file == IPv4File)
                throw new CannotLookException($"{machine.PathOf(file)} is missing.", $"Mount it: mount -t proc proc /proc.");
            foreach (string line in list?.Split('\n').Skip(1) ?? []) // the first line is the header
            {
                string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (words.Length > 9 && words[3] == Listening && TryReadEnd(words[1], out IPEndPoint end))
                    sockets.Add((end, words[9]));
            }
        }

        ILookup<string, Holder> holders = Holding(machine, [.. sockets.Select(socket => $"socket:[{socket.Inode}]")]);
        return [.. sockets.Select(socket => new Listener(socket.End, socket.Inode, [.. holders[$"socket:[{socket.Inode}]"]]))
            .OrderBy(listener => listener.End.Port)];
    }

    // 0100007F:1F90: the address as 4-byte words in the machine's byte order, and the port.
    private static bool TryReadEnd(string text, out IPEndPoint end)
    {
        end = new IPEndPoint(IPAddress.Any, 0);
        string[] parts = text.Split(':');
        if (parts.Length != 2 || parts[0].Length is not (8 or 32)
            || !ushort.TryParse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
                out ushort port))
            return false;
        byte[] bytes = new byte[parts[0].Length / 2];
        for (int i = 0; i < bytes.Length; i += 4)
        {
            if (!uint.TryParse(parts[0].AsSpan(2 * i, 8), NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture, out uint word))
                return false;
            MemoryMarshal.Write(bytes.AsSpan(i), word);
        }

        end = new IPEndPoint(new IPAddress(bytes), port);
        return true;
    }

    private static ILookup<string, Holder> Holding(IMachine machine, HashSet<string> sockets) => machine.List("proc")
        .Where(name => name.All(char.IsAsciiDigit))
        .SelectMany(process => Held(machine.PathOf($"proc/{process}/fd")).Where(sockets.Contains).Distinct()
            .Select(socket => (Socket: socket, Name: TryReadName(machine, process), Process: process)))
        .Where(held => held.Name is not null)
        .ToLookup(held => held.Socket, held => new Holder(held.Process, held.Name!));

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

/// <summary>A process that has a listener open.</summary>
internal sealed record Holder(string Process, string Name);
