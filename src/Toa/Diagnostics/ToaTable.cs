using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using Toa.Internal;
using Toa.Shared;

namespace Toa.Diagnostics;

/// <summary>
/// The connections with a stored client address, from /proc/net/toa_table: those of this process's network namespace, or of the
/// whole machine if the provider is not from this project. Only root can read the file of the eBPF provider,
/// /sys/fs/bpf/toa/table. If the kernel does not let the provider create that file, <c>toa-bpf table</c> shows the connections.
/// </summary>
/// <remarks>
/// Files of all vendors can be read if a line starts with the client, followed by the transport peer and the local address as far
/// as they are shown, and by the kind of the TOA option. An address and its port are <c>192.0.2.10:5555</c>,
/// <c>[2001:db8::1]:40000</c>, or two columns. The format of the TOA option, the virtual address and the id of the network are read
/// from the files of this project's providers.
/// </remarks>
public static class ToaTable
{
    private const string File = "proc/net/toa_table", EbpfFile = EbpfPins.Folder + "/table";
    private const int DetailColumns = 3;

    /// <summary>Reads the current connections. This does not stall the machine, however many connections there are.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist: no provider is loaded, or it does not show connections.</exception>
    /// <exception cref="UnauthorizedAccessException">This process is not allowed to read the file.</exception>
    /// <exception cref="InvalidDataException">The file is not a table of connections; the message quotes the line.</exception>
    /// <exception cref="IOException">The file could not be read for another reason.</exception>
    public static IReadOnlyList<ToaTableEntry> Read() => Read(new HostFiles("/"));

    /// <summary>Reads the current connections, or explains why that is not possible.</summary>
    /// <param name="entries">The connections.</param>
    /// <param name="problem">The message of the exception that <see cref="Read()"/> would throw, for an operator.</param>
    /// <returns>Whether the connections were read.</returns>
    public static bool TryRead(
        [NotNullWhen(true)] out IReadOnlyList<ToaTableEntry>? entries, [NotNullWhen(false)] out string? problem) =>
        ProcFile.Try(Read, out entries, out problem);

    /// <summary>Reads connections from text, for example from another machine.</summary>
    /// <param name="text">The contents of a toa_table file.</param>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidDataException"><paramref name="text"/> is not such a table; the message quotes the line.</exception>
    public static IReadOnlyList<ToaTableEntry> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<ToaTableEntry> entries = [];
        bool isFirst = true;
        foreach (string line in ProcFile.Lines(text))
        {
            if (TryReadEntry(line, out ToaTableEntry? entry))
                entries.Add(entry);
            // Only a first line without digits can be a header.
            else if (!isFirst || line.Any(char.IsDigit))
                throw new InvalidDataException(
                    $"'{line.Trim()}' is not a line of connections: it must have the client's address and port.");
            isFirst = false;
        }

        return entries;
    }

    internal static IReadOnlyList<ToaTableEntry> Read(HostFiles host) =>
        Parse(ProcFile.Find(host, File, EbpfFile) ?? throw Missing(host));

    private static FileNotFoundException Missing(HostFiles host) => Directory.Exists(host.PathOf(EbpfPins.Folder))
        ? new FileNotFoundException(
            $"{host.PathOf(EbpfFile)} does not exist: the eBPF provider could not create it (toa-bpf status shows the reason). "
            + "toa-bpf table and toa table show the connections.", host.PathOf(EbpfFile))
        : ProcFile.Missing(host, File);

    private static bool TryReadEntry(string line, [NotNullWhen(true)] out ToaTableEntry? entry)
    {
        string[] words = line.Split([' ', '\t', '|', ','], StringSplitOptions.RemoveEmptyEntries);
        bool hasDetails = TryReadDetails(words, out IPEndPoint? virtualEnd, out uint networkId);
        int count = hasDetails ? words.Length - DetailColumns : words.Length;
        List<IPEndPoint> ends = [];
        int? kind = null;
        for (int i = 0; i < count; i++)
        {
            if (TryReadEndPoint(words[i], out IPEndPoint? end))
                ends.Add(end);
            else if (i + 1 < count && TryReadInTwo(words[i], words[i + 1], out end))
            {
                ends.Add(end);
                i++;
            }
            else if (TryReadNumber(words[i], byte.MaxValue, out int number))
                kind = number;
        }

        entry = ends.Count == 0 ? null : new ToaTableEntry(line.Trim(), ends[0])
        {
            TransportPeer = ends.ElementAtOrDefault(1),
            Local = ends.ElementAtOrDefault(2),
            Kind = kind,
            Format = hasDetails ? words[count] : null,
            VirtualEndPoint = hasDetails ? virtualEnd : null,
            NetworkId = networkId == 0 ? null : networkId,
        };
        return entry is not null;
    }

    /// <summary>Reads the last columns of this project's tables: after the kind, the format, the virtual address and the network.</summary>
    private static bool TryReadDetails(string[] words, out IPEndPoint? virtualEnd, out uint networkId)
    {
        virtualEnd = null;
        networkId = 0;
        int format = words.Length - DetailColumns;
        return format > 0 && TryReadNumber(words[format - 1], byte.MaxValue, out _) && char.IsLetter(words[format][0])
            && (words[format + 1] == "-" || TryReadEndPoint(words[format + 1], out virtualEnd))
            && uint.TryParse(words[format + 2], NumberStyles.None, CultureInfo.InvariantCulture, out networkId);
    }

    private static bool TryReadEndPoint(string word, [NotNullWhen(true)] out IPEndPoint? end)
    {
        end = null;
        int colon = word.LastIndexOf(':');
        // An IPv6 address without brackets has colons of its own.
        bool hasPort = colon > 0 && (word[colon - 1] == ']' || word.IndexOf(':') == colon);
        return hasPort && TryReadInTwo(word.Substring(0, colon).Trim('[', ']'), word.Substring(colon + 1), out end);
    }

    private static bool TryReadInTwo(string addressText, string portText, [NotNullWhen(true)] out IPEndPoint? end)
    {
        end = null;
        // .NET parses a plain number as an IPv4 address.
        bool looksLikeOne = addressText.IndexOfAny(['.', ':']) >= 0;
        if (!looksLikeOne || !IPAddress.TryParse(addressText, out IPAddress? address)
            || !TryReadNumber(portText, IPEndPoint.MaxPort, out int port))
            return false;
        end = new IPEndPoint(address, port);
        return true;
    }

    private static bool TryReadNumber(string text, int most, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= most;
}
