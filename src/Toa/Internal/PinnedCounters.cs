using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using Toa.Diagnostics;
using Toa.Interop;
using Toa.Shared;

namespace Toa.Internal;

/// <summary>
/// Reads the counters of the eBPF provider from its pinned maps, for kernels where the provider cannot create its file, because
/// they do not support the program type for it.
/// </summary>
/// <param name="host">The machine.</param>
/// <param name="maps">Access to the maps.</param>
/// <param name="isServed">Whether a provider of this project answers this process.</param>
internal sealed class PinnedCounters(HostFiles host, IPinnedMaps maps, Func<bool> isServed)
{
    private const string Counters = EbpfPins.Folder + "/toa_counters", Names = EbpfPins.Folder + "/toa_counter_names";

    // As in native/bpf/shared.h.
    internal const int MostRows = 64, NameSize = 32;

    // The kernel writes a value for each possible CPU, and does not support more than this number. A container may show fewer
    // CPUs than the kernel writes.
    private const int MostProcessors = 8192;

    /// <returns>The counters, or <see langword="null"/> if this process does not see the provider.</returns>
    /// <exception cref="UnauthorizedAccessException">This process is not allowed to read the maps.</exception>
    /// <exception cref="InvalidDataException">The maps are from another version.</exception>
    /// <exception cref="IOException">The maps cannot be read for another reason.</exception>
    public ToaStatistics? Read()
    {
        if (!TryOpen(Counters, out int counters))
            return null;
        try
        {
            if (!TryOpen(Names, out int names))
                return null;
            try
            {
                return Read(counters, names);
            }
            finally
            {
                maps.Close(names);
            }
        }
        finally
        {
            maps.Close(counters);
        }
    }

    private ToaStatistics Read(int counters, int names)
    {
        // The kernel does not know the size of the buffer and writes a whole value: a larger one would overflow the buffer.
        DemandSize(counters, sizeof(ulong), Counters);
        DemandSize(names, NameSize, Names);
        List<(string Name, ulong[] Values)> rows = [];
        byte[] name = new byte[NameSize], values = new byte[MostProcessors * sizeof(ulong)];
        for (uint row = 0; row < MostRows; row++)
        {
            Demand(maps.Lookup(names, row, name), Names);
            string text = Encoding.UTF8.GetString(name).TrimEnd('\0');
            if (text.Length == 0)
                break;
            Demand(maps.Lookup(counters, row, values), Counters);
            rows.Add((text, MemoryMarshal.Cast<byte, ulong>(values).ToArray()));
        }

        if (rows.Count == 0)
            throw new InvalidDataException($"{host.PathOf(Names)} contains no counters.");
        int processors = Math.Max(host.PossibleProcessors, rows.Max(row => UsedIn(row.Values)));
        return ToaStatistics.Create(rows.Select(row => new ToaCounter(row.Name, row.Values.AsSpan(0, processors).ToArray())), processors);
    }

    private static int UsedIn(ulong[] values) => Array.FindLastIndex(values, value => value != 0) + 1;

    private void DemandSize(int map, int expected, string pin)
    {
        Demand(maps.GetValueSize(map, out int size), pin);
        if (size != expected)
            throw new InvalidDataException(
                $"{host.PathOf(pin)} holds values of {size} bytes, not {expected}: the eBPF provider is another version. Use the same "
                + "version of toa-bpf and of this library.");
    }

    private bool TryOpen(string pin, out int map)
    {
        string path = host.PathOf(pin);
        map = -1;
        if (!File.Exists(path))
        {
            // Users without access to the folder do not see the file, but a provider that answers shows that it exists. Do not
            // call bpf(2) to find out: the seccomp filter of a service may kill the process for it.
            if (isServed())
                throw new UnauthorizedAccessException($"A provider answers, but this process cannot see {path}: run as root on the host.");
            return false;
        }

        Demand(maps.Open(path, out map), pin);
        return true;
    }

    private void Demand(int errno, string pin)
    {
        string path = host.PathOf(pin);
        switch (errno)
        {
            case 0:
                return;
            case Errno.AccessDenied:
                throw new UnauthorizedAccessException($"This user is not allowed to read {path}: run as root.");
            case Errno.NotPermitted:
                throw new UnauthorizedAccessException($"This process is not allowed to read {path}: run as root, with CAP_BPF.");
            default:
                throw new IOException($"{path} cannot be read: error {errno} of bpf(2).");
        }
    }
}
