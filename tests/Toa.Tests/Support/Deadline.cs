using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;

namespace Toa.Tests.Support;

/// <summary>Limits all waits of a test. It is not a measurement: only a test that hangs reaches it.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Time = TimeSpan.FromMinutes(10);

    public static Task<T> Within<T>(Task<T> task) => task.WaitAsync(Time);

    public static Task Within(Task task) => task.WaitAsync(Time);

    public static void WaitUntil(Func<bool> condition, string description)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (!condition())
        {
            if (waited.Elapsed > Time)
                throw new TimeoutException($"Waited in vain until {description}.");
            Thread.Sleep(1);
        }
    }

    public static void Join(Thread thread)
    {
        if (!thread.Join(Time))
            throw new TimeoutException("A thread of the test did not end.");
    }
}
