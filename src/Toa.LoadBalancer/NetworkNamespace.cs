using System;
using System.IO;
using System.Runtime.ExceptionServices;
using System.Threading;
using Microsoft.Win32.SafeHandles;
using Toa.LoadBalancing.Interop;

namespace Toa.LoadBalancing;

/// <summary>
/// Named network namespaces, as created by <c>ip netns add</c>. With them, clients, balancers and servers on one machine
/// have separate networks.
/// </summary>
public static class NetworkNamespace
{
    private const string Names = "/run/netns";

    /// <summary>
    /// Runs a function on a thread in the namespace, and waits for its end. Sockets and threads that it creates stay in the
    /// namespace, also if other threads use them later.
    /// </summary>
    /// <param name="name">The name of the namespace.</param>
    /// <param name="function">The function to run. Its exception is thrown to the caller.</param>
    /// <exception cref="IOException">The namespace does not exist, or this process is not allowed to enter it.</exception>
    public static T Run<T>(string name, Func<T> function)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(function);
        return RunOnThread($"in {name}", () => Enter(name), function);
    }

    /// <summary>
    /// As <see cref="Run"/>, in a new namespace without a name: it ends with the last of its sockets and devices.
    /// </summary>
    internal static T RunInNew<T>(Func<T> function) => RunOnThread("in a new network namespace", EnterNew, function);

    private static T RunOnThread<T>(string name, Action enter, Func<T> function)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                enter();
                result = function();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        })
        {
            Name = name,
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
        throw Failure($"Cannot enter the network namespace {name}");
    }

    private static void EnterNew()
    {
        if (LibC.Unshare(LibC.NetworkNamespaces) != 0)
            throw Failure("Cannot create a network namespace");
    }

    private static IOException Failure(string what)
    {
        int error = Errno.Last;
        return Errno.Failure(
            what, error, error == Errno.OperationNotPermitted ? "This requires CAP_SYS_ADMIN: run as root." : null);
    }
}
