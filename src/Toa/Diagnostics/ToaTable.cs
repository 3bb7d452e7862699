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
/// The connections that hold a client's address, /proc/net/toa_table: those of this process's network namespace, or of the
/// whole machine where the provider is not of this project. The eBPF provider's, /sys/fs/bpf/toa/table, is root's to read; where
/// the kernel does not let the provider make it, <c>toa-bpf table</c> shows the connections.
/// </summary>
/// <remarks>
/// Every vendor's file is read in which a line begins with the client, followed by the transport peer and this machine's end
/// as far as they are shown, and by the option's kind. An end is <c>192.0.2.10:5555</c>, <c>[2001:db8::1]:40000</c>, or an
/// address and a port in two columns.
/// </remarks>
public static class ToaTable
{
    private const string File = "proc/net/toa_table", EbpfFile = EbpfPins.Folder + "/table";

    /// <summary>Reads the connections as they are now. It does not hold up the machine, however many there are.</summary>
    /// <exception cref="FileNotFoundException">There is no such file: no provider is loaded, or it does not show them.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not read them.</exception>
    /// <exception cref="InvalidDataException">The file is none of connections; the message quotes the line.</exception>
    /// <exception cref="IOException">The file could not be read for another reason.</exception>
    public static IReadOnlyList<ToaTableEntry> Read() => Read(new HostFiles("/"));

    /// <summary>Reads the connections as they are now, or says why that is impossible.</summary>
    /// <param name="entries">The connections.</param>
    /// <param name="problem">What <see cref="Read()"/> would have thrown, in words for an operator.</param>
    /// <returns>Whether there is something to read.</returns>
    public static bool TryRead(
        [NotNullWhen(true)] out IReadOnlyList<ToaTableEntry>? entries, [NotNullWhen(false)] out string? problem) =>
        ProcFile.Try(Read, out entries, out problem);

    /// <summary>Reads connections from text, as of another machine.</summary>
    /// <param name="text">The contents of a toa_table file.</param>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidDataException"><paramref name="text"/> is not that; the message quotes the line.</exception>
    public static IReadOnlyList<ToaTableEntry> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<ToaTableEntry> entries = [];
        bool isFirst = true;
        foreach (string line in ProcFile.Lines(text))
        {
            if (TryReadEntry(line, out ToaTableEntry? entry))
                entries.Add(entry);
            // A header line has no number in it.
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
        List<IPEndPoint> ends = [];
        int? kind = null;
        for (int i = 0; i < words.Length; i++)
        {
            if (TryReadEndPoint(words[i], out IPEndPoint? end))
                ends.Add(end);
            else if (i + 1 < words.Length && TryReadInTwo(words[i], words[i + 1], out end))
            {
                ends.Add(end);
                i++;
            }
            else if (TryReadNumber(words[i], 255, out int number))
                kind = number;
        }

        entry = ends.Count > 0
            ? new ToaTableEntry(line.Trim(), ends[0], ends.ElementAtOrDefault(1), ends.ElementAtOrDefault(2), kind)
            : null;
        return entry is not null;
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
        // .NET takes a mere number for an IPv4 address.
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
