using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Runtime.InteropServices;

namespace Toa.Tool.Machines;

/// <summary>A socket of this network namespace, from /proc/net.</summary>
/// <param name="Local">Its own address.</param>
/// <param name="Remote">The address of the other end, as it is in the packets.</param>
/// <param name="State">The number of its state in net/tcp_states.h.</param>
/// <param name="Inode">Its inode number, which the descriptors of processes show; 0 if no process has it.</param>
internal readonly record struct InternetSocket(IPEndPoint Local, IPEndPoint Remote, int State, string Inode)
{
    public const int Established = 1, Listening = 10;

    // 0: 0100007F:1F90 00000000:0000 0A tx:rx timer retransmits uid timeout inode
    private const int LocalWord = 1, RemoteWord = 2, StateWord = 3, InodeWord = 9;

    /// <summary>Lists the TCP sockets.</summary>
    /// <exception cref="CannotLookException">The sockets cannot be listed.</exception>
    public static IEnumerable<InternetSocket> OfTcp(IMachine machine) => All(machine, "proc/net/tcp");

    /// <summary>Lists the UDP sockets.</summary>
    /// <exception cref="CannotLookException">The sockets cannot be listed.</exception>
    public static IEnumerable<InternetSocket> OfUdp(IMachine machine) => All(machine, "proc/net/udp");

    private static IEnumerable<InternetSocket> All(IMachine machine, string ipv4File)
    {
        foreach (string file in (string[])[ipv4File, ipv4File + "6"])
        {
            string? list = machine.ReadText(file);
            // Without IPv6, its file does not exist.
            if (list is null && file == ipv4File)
                throw new CannotLookException($"{machine.PathOf(file)} is missing.", $"Mount it: mount -t proc proc /proc.");
            foreach (string line in list?.Split('\n').Skip(1) ?? []) // the first line is the header
            {
                if (TryRead(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), out InternetSocket socket))
                    yield return socket;
            }
        }
    }

    private static bool TryRead(string[] words, out InternetSocket socket)
    {
        socket = default;
        if (words.Length <= InodeWord || !TryReadEnd(words[LocalWord], out IPEndPoint local) || !TryReadEnd(words[RemoteWord], out IPEndPoint remote)
            || !int.TryParse(words[StateWord], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int state))
            return false;
        socket = new InternetSocket(local, remote, state, words[InodeWord]);
        return true;
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
}
