using System;
using System.ComponentModel;
using System.IO;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace Toa.Scenarios;

/// <summary>A network namespace for one thread. The kernel removes it with its last socket.</summary>
internal static partial class NetworkNamespace
{
    private const int CloneNewNet = 0x40000000;

    /// <summary>The calling thread's name under /proc, whose folder net shows its namespace.</summary>
    public static string OfThread =>
        Directory.Exists("/proc/thread-self") ? "thread-self" : $"self/task/{gettid()}"; // Before 3.17.

    public static void Run(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                if (unshare(CloneNewNet) != 0)
                    throw new Win32Exception(Marshal.GetLastPInvokeError(), "unshare");
                action();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc")]
    private static partial int gettid();
}
