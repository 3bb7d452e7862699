using System;
using System.Globalization;
using System.IO;
using System.Threading;

namespace Toa.LoadBalancing.Tests.Network;

/// <summary>A network namespace, created by iproute2 and removed by Dispose.</summary>
internal sealed class NetworkNamespace : IDisposable
{
    private const string Prefix = "toa-lb-";

    private static int s_count;

    public NetworkNamespace(string purpose)
    {
        Name = $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}-{purpose}";
        IPRoute.Run($"netns add {Name}");
    }

    public string Name { get; }

    /// <summary>Removes the namespaces of test runs that were killed.</summary>
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
    /// Runs code on a thread in the namespace. Its sockets and threads stay in the namespace, even if other threads use them.
    /// </summary>
    public T Run<T>(Func<T> function) => LoadBalancing.NetworkNamespace.Run(Name, function);

    public void Run(Action action) => Run<object?>(() =>
    {
        action();
        return null;
    });

    public void Dispose() => IPRoute.Run($"netns delete {Name}");
}
