using System;
using System.Globalization;
using System.IO;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Threading;
using Microsoft.Win32.SafeHandles;

namespace Toa.LoadBalancing.Tests.Network;

/// <summary>A network namespace, made by iproute2 and removed by Dispose.</summary>
internal sealed partial class NetworkNamespace : IDisposable
{
    private const string Prefix = "toa-lb-";
    private const int CloneNewNet = 0x40000000;

    private static int s_count;

    public NetworkNamespace(string purpose)
    {
        Name = $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}-{purpose}";
        IPRoute.Run($"netns add {Name}");
    }

    public string Name { get; }

    /// <summary>Removes what test runs have left that were killed.</summary>
    public static void RemoveAbandoned()
    {
        const string Names = "/run/netns";
        if (!Directory.Exists(Names))
            return;
        foreach (string path in Directory.GetFiles(Names, Prefix + "*"))
        {
            string name = Path.GetFileName(path);
            string process = name.Split('-')[2];
            if (int.TryParse(process, CultureInfo.InvariantCulture, out int id) && !Directory.Exists($"/proc/{id}"))
                IPRoute.Run($"netns delete {name}");
        }
    }

    /// <summary>
    /// Runs code on a thread in the namespace. Sockets and threads that it makes belong there for good, whoever uses them.
    /// </summary>
    public T Run<T>(Func<T> function)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Enter();
                result = function();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    public void Run(Action action) => Run<object?>(() =>
    {
        action();
        return null;
    });

    public void Dispose() => IPRoute.Run($"netns delete {Name}");

    private void Enter()
    {
        using SafeFileHandle handle = File.OpenHandle($"/run/netns/{Name}");
        if (SetNamespace(handle, CloneNewNet) != 0)
            throw new IOException($"setns {Name}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle descriptor, int type);
}
