using System;
using System.Diagnostics;
using System.Threading.Tasks;

namespace Toa.LoadBalancing.Tests.Network;

/// <summary>Limits all waits of a test. It is not a measurement: only a test that hangs reaches it.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Time = TimeSpan.FromMinutes(10);

    public static async Task WaitUntilAsync(Func<bool> condition, string description)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (!condition())
        {
            if (waited.Elapsed > Time)
                throw new TimeoutException($"Waited in vain until {description}.");
            await Task.Delay(5);
        }
    }
}
