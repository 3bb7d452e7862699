using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tool.Machines;

namespace Toa.Tool.Provider;

/// <summary>The module's messages in the kernel's log since a moment.</summary>
internal sealed class KernelLog
{
    // Usually the messages are there at once. On a busy machine they may be late.
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

    /// <summary>The new lines, without timestamps; empty if the log cannot be read.</summary>
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

    /// <summary>Whether a line is of the module or about it, also in the trace of a fault.</summary>
    public static bool IsAboutUs(string line) =>
        IsOurs(line) || line.Contains("[toa]", StringComparison.Ordinal) || line.Contains("toa_", StringComparison.Ordinal);

    private static async Task<IEnumerable<string>> ReadAsync(IMachine machine, CancellationToken stop) =>
        (await machine.RunAsync("dmesg", [], stop)).Output.Split('\n').Where(IsOurs);

    // "TOA: …" is from the module; "toa: …" is from the kernel, about the module.
    private static bool IsOurs(string line) =>
        line.Contains("TOA", StringComparison.Ordinal) || line.Contains("toa: ", StringComparison.Ordinal);

    // [   12.345678] TOA: toa load success
    private static string WithoutTime(string line)
    {
        int end = line.StartsWith('[') ? line.IndexOf("] ", StringComparison.Ordinal) : -1;
        return end < 0 ? line : line[(end + 2)..];
    }
}
