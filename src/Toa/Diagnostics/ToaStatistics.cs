using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO;
using System.Linq;
using Toa.Internal;
using Toa.Interop;
using Toa.Shared;

namespace Toa.Diagnostics;

/// <summary>
/// The counters of a TOA provider, from /proc/net/toa_stats: those of this process's network namespace, or of the whole machine
/// if the provider is not this project's module. Only root can read those of the eBPF provider, in /sys/fs/bpf/toa: the file
/// stats, or if the kernel does not let the provider create it, the pinned map of counters (CAP_BPF).
/// </summary>
/// <remarks>
/// Files of all vendors can be read: a counter is a name, an optional colon, and a number for each processor. A counter that the
/// provider does not have is <see langword="null"/> (<see cref="this[string]"/>). If the vendor's documentation names it, it is
/// also in <see cref="Missing"/>.
/// </remarks>
public sealed class ToaStatistics
{
    private const string File = "proc/net/toa_stats", EbpfFile = EbpfPins.Folder + "/stats";

    // The counters that the vendor's documentation names.
    private static readonly string[] Documented =
    [
        "syn_recv_sock_toa", "syn_recv_sock_no_toa", "getname_toa_ok", "getname_toa_mismatch", "getname_toa_empty",
        "ip6_address_alloc", "ip6_address_free",
    ];

    private ToaStatistics(IReadOnlyList<string> processors, IReadOnlyList<ToaCounter> counters)
    {
        Processors = processors;
        Counters = counters;
        Missing = Documented.Where(name => this[name] is null).ToArray();
    }

    /// <summary>The names of the processors, such as <c>CPU0</c>; empty if the file has no names.</summary>
    public IReadOnlyList<string> Processors { get; }

    /// <summary>The counters, in the order of the file.</summary>
    public IReadOnlyList<ToaCounter> Counters { get; }

    /// <summary>Counters that the vendor's documentation names, but this provider does not have.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>Gets a counter's sum over all processors, or <see langword="null"/> if this provider does not have it.</summary>
    /// <param name="name">Its name, such as <c>syn_recv_sock_toa</c>.</param>
    public ulong? this[string name] =>
        Counters.FirstOrDefault(counter => counter.Name == name)?.Total;

    /// <summary>Reads the current counters.</summary>
    /// <exception cref="FileNotFoundException">There are no counters: no provider is loaded, or it has none.</exception>
    /// <exception cref="UnauthorizedAccessException">This process is not allowed to read the counters.</exception>
    /// <exception cref="InvalidDataException">The file is not a file of counters; the message quotes the line.</exception>
    /// <exception cref="IOException">The file could not be read for another reason.</exception>
    public static ToaStatistics Read() =>
        Read(new HostFiles("/"), new PinnedMaps(), () => ProviderAnswers.Ask(default(LibcCalls)).Info);

    /// <summary>Reads the current counters, or explains why that is not possible.</summary>
    /// <param name="statistics">The counters.</param>
    /// <param name="problem">The message of the exception that <see cref="Read()"/> would throw, for an operator.</param>
    /// <returns>Whether the counters were read.</returns>
    public static bool TryRead(
        [NotNullWhen(true)] out ToaStatistics? statistics, [NotNullWhen(false)] out string? problem) =>
        ProcFile.Try(Read, out statistics, out problem);

    /// <summary>Reads counters from text, for example from another machine.</summary>
    /// <param name="text">The contents of a toa_stats file.</param>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidDataException"><paramref name="text"/> is not a file of counters; the message quotes the line.</exception>
    public static ToaStatistics Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] processors = [];
        List<ToaCounter> counters = [];
        foreach (string line in ProcFile.Lines(text))
        {
            string[] words = line.Split([' ', '\t', ':'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
                continue;
            if (counters.Count == 0 && processors.Length == 0 && words.All(IsProcessor))
                processors = words;
            else
                counters.Add(ReadCounter(line, words, processors.Length));
        }

        return counters.Count > 0
            ? new ToaStatistics(processors, counters)
            : throw new InvalidDataException("The text contains no counters.");
    }

    internal static ToaStatistics Create(IEnumerable<ToaCounter> counters, int processors) =>
        new(Enumerable.Range(0, processors).Select(number => $"CPU{number}").ToArray(), counters.ToArray());

    internal static ToaStatistics Read(HostFiles host, IPinnedMaps maps, Func<bool> isServed) =>
        ProcFile.Find(host, File, EbpfFile) is { } text
            ? Parse(text)
            : new PinnedCounters(host, maps, isServed).Read() ?? throw ProcFile.Missing(host, File);

    private static bool IsProcessor(string word) =>
        word.StartsWith("CPU", StringComparison.OrdinalIgnoreCase) && word.Skip(3).All(char.IsDigit);

    private static ToaCounter ReadCounter(string line, string[] words, int processors)
    {
        ulong[] values = new ulong[words.Length - 1];
        bool isSound = values.Length > 0 && !char.IsDigit(words[0][0]) && (processors == 0 || values.Length == processors);
        for (int i = 0; i < values.Length; i++)
            isSound &= ulong.TryParse(words[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out values[i]);
        return isSound
            ? new ToaCounter(words[0], values)
            : throw new InvalidDataException(
                $"'{line.Trim()}' is not a line of counters: it must have a name and one number for each processor.");
    }
}
