using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Machines;

namespace Toa.Tool.Provider;

/// <summary>What the module says in the kernel's log from a moment on.</summary>
internal sealed class KernelLog
{
    // It is there at once, unless the machine is busy.
    private const int Looks = 10;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly IMachine _machine;
    private readonly HashSet<string> _before;

    private KernelLog(IMachine machine, HashSet<string> before)
    {
        _machine = machine;
        _before = before;
    }

    public static async Task<KernelLog> MarkAsync(IMachine machine, CancellationToken stop) =>
        new(machine, [.. await ReadAsync(machine, stop)]);

    /// <summary>The lines that have come since, without their times; empty where the log may not be read.</summary>
    public async Task<IReadOnlyList<string>> ReadNewAsync(CancellationToken stop)
    {
        for (int look = 0; ; look++)
        {
            string[] lines = [.. (await ReadAsync(_machine, stop)).Where(line => !_before.Contains(line)).Select(WithoutTime)];
            if (lines.Length > 0 || look == Looks)
                return lines;
            await Task.Delay(Pause, _machine.Clock, stop);
        }
    }

    private static async Task<IEnumerable<string>> ReadAsync(IMachine machine, CancellationToken stop) =>
        (await machine.RunAsync("dmesg", [], stop)).Output.Split('\n').Where(IsOurs);

    // "TOA: …" is the module's own; "toa: …" is what the kernel says of it.
    private static bool IsOurs(string line) =>
        line.Contains("TOA", StringComparison.Ordinal) || line.Contains("toa: ", StringComparison.Ordinal);

    // [   12.345678] TOA: toa load success
    private static string WithoutTime(string line)
    {
        int end = line.StartsWith('[') ? line.IndexOf("] ", StringComparison.Ordinal) : -1;
        return end < 0 ? line : line[(end + 2)..];
    }
}
