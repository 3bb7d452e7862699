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
/// The counters of a TOA provider, /proc/net/toa_stats: those of this process's network namespace, or of the whole machine
/// where the provider is not this project's module. Those of the eBPF provider, in /sys/fs/bpf/toa, are root's to read: the
/// file stats, or where the kernel does not let the provider make it, its pinned map of counters (CAP_BPF).
/// </summary>
/// <remarks>
/// Every vendor's file is read: a counter is a name, an optional colon, and a number for each processor. What a vendor does
/// not count is <see langword="null"/> (<see cref="this[string]"/>) and in <see cref="Missing"/>.
/// </remarks>
public sealed class ToaStatistics
{
    private const string File = "proc/net/toa_stats", EbpfFile = EbpfPins.Folder + "/stats";

    // Those of the vendor's documentation.
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

    /// <summary>The processors' names, as <c>CPU0</c>; empty where the file does not name them.</summary>
    public IReadOnlyList<string> Processors { get; }

    /// <summary>The counters, in the order of the file.</summary>
    public IReadOnlyList<ToaCounter> Counters { get; }

    /// <summary>Counters that the vendor's documentation names, and this provider does not have.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>Gets a counter's sum over all processors, or <see langword="null"/> if this provider does not have it.</summary>
    /// <param name="name">Its name, as <c>syn_recv_sock_toa</c>.</param>
    public ulong? this[string name] =>
        Counters.FirstOrDefault(counter => counter.Name == name)?.Total;

    /// <summary>Reads the counters as they are now.</summary>
    /// <exception cref="FileNotFoundException">There are none: no provider is loaded, or it keeps no counters.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not read them.</exception>
    /// <exception cref="InvalidDataException">The file is not one of counters; the message quotes the line.</exception>
    /// <exception cref="IOException">The file could not be read for another reason.</exception>
    public static ToaStatistics Read() =>
        Read(new HostFiles("/"), new PinnedMaps(), () => ProviderAnswers.Ask(default(LibcCalls)).Info);

    /// <summary>Reads the counters as they are now, or says why that is impossible.</summary>
    /// <param name="statistics">The counters.</param>
    /// <param name="problem">What <see cref="Read()"/> would have thrown, in words for an operator.</param>
    /// <returns>Whether there is something to read.</returns>
    public static bool TryRead(
        [NotNullWhen(true)] out ToaStatistics? statistics, [NotNullWhen(false)] out string? problem) =>
        ProcFile.Try(Read, out statistics, out problem);

    /// <summary>Reads counters from text, as of another machine.</summary>
    /// <param name="text">The contents of a toa_stats file.</param>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidDataException"><paramref name="text"/> is not that; the message quotes the line.</exception>
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
