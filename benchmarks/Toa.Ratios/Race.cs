using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;

namespace Toa.Ratios;

/// <summary>
/// Runs the candidates in turn, many times, so that other load on the machine affects all of them. The result is the ratio to
/// the first candidate in the same turn.
/// </summary>
internal static class Race
{
    public static void Run(string title, IReadOnlyList<Candidate> candidates, int turns, int calls)
    {
        double[][] nanoseconds = [.. candidates.Select(_ => new double[turns])];
        long[] bytes = new long[candidates.Count];

        // Run until all tiers of compilation and all first-call setup are done.
        for (int warmUp = 0; warmUp < 40; warmUp++)
        {
            foreach (Candidate candidate in candidates)
                candidate.Run(calls);
        }

        for (int turn = 0; turn < turns; turn++)
        {
            for (int i = 0; i < candidates.Count; i++)
            {
                // Allocations of all threads, because a server has other threads.
                long allocated = GC.GetTotalAllocatedBytes(precise: true);
                long start = Stopwatch.GetTimestamp();
                candidates[i].Run(calls);
                nanoseconds[i][turn] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / calls;
                bytes[i] += GC.GetTotalAllocatedBytes(precise: true) - allocated;
            }
        }

        Console.WriteLine($"| {title,-40} | ns a call | ratio      | middle half  | bytes |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
        for (int i = 0; i < candidates.Count; i++)
        {
            double[] ratios = [.. nanoseconds[i].Zip(nanoseconds[0], (own, first) => own / first).Order()];
            Console.WriteLine(
                $"| {candidates[i].Name,-40} | {Quantile([.. nanoseconds[i].Order()], 0.5),9:0} | {Quantile(ratios, 0.5),10:0.00} "
                + $"| {Quantile(ratios, 0.25),5:0.00}..{Quantile(ratios, 0.75),-5:0.00} | {bytes[i] / turns / calls,5} |");
        }

        Console.WriteLine();
    }

    private static double Quantile(double[] sorted, double part) => sorted[(int)(part * (sorted.Length - 1))];
}
