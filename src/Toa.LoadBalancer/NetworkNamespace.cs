using System;
using System.IO;
using System.Runtime.ExceptionServices;
using System.Threading;
using Microsoft.Win32.SafeHandles;
using Toa.LoadBalancing.Interop;

namespace Toa.LoadBalancing;

/// <summary>
/// Network namespaces that have a name, as <c>ip netns add</c> makes them: for clients, balancers and servers that are
/// to be on machines of their own.
/// </summary>
public static class NetworkNamespace
{
    private const string Names = "/run/netns";

    /// <summary>
    /// Runs code on a thread in the namespace, and waits for its end. Sockets and threads that it makes belong there
    /// for good, whoever uses them later.
    /// </summary>
    /// <param name="name">The namespace's name.</param>
    /// <param name="function">What to run; its exception is the caller's.</param>
    /// <exception cref="IOException">There is no such namespace, or this process may not enter it.</exception>
    public static T Run<T>(string name, Func<T> function)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(function);
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Enter(name);
                result = function();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        })
        {
            Name = $"in {name}",
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    private static void Enter(string name)
    {
        using SafeFileHandle handle = File.OpenHandle(Path.Combine(Names, name));
        if (LibC.SetNamespace(handle, LibC.NetworkNamespaces) == 0)
            return;
        int error = Errno.Last;
        throw Errno.Failure(
            $"Cannot enter the network namespace {name}", error,
            error == Errno.OperationNotPermitted ? "This requires CAP_SYS_ADMIN: run as root." : null);
    }
}
