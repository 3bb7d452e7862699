using System;
using System.Globalization;
using System.IO;

namespace Toa.BalancerLoad;

/// <summary>The CPU time of the balancer's threads, which the kernel knows by their names.</summary>
internal static class BalancerCpu
{
    public static TimeSpan Used()
    {
        long nanoseconds = 0;
        foreach (string task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                if (File.ReadAllText(Path.Combine(task, "comm")).StartsWith("balancer ", StringComparison.Ordinal))
                    nanoseconds += long.Parse(File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // The thread has ended.
            }
        }

        return TimeSpan.FromMicroseconds(nanoseconds / 1000.0);
    }
}
