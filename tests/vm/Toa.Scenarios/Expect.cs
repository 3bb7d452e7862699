using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;

namespace Toa.Scenarios;

internal static class Expect
{
    public static void Equal<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new ScenarioFailedException($"{what}: expected {expected}, got {actual}");
    }

    public static void True(bool condition, string what)
    {
        if (!condition)
            throw new ScenarioFailedException(what);
    }

    /// <summary>Waits until the kernel has done something, a minute at the most.</summary>
    public static void Eventually(Func<bool> condition, Func<string> what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start).TotalSeconds > 60)
                throw new ScenarioFailedException(what());
            Thread.Sleep(20);
        }
    }
}
