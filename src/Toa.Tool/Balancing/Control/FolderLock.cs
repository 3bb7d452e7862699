using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using Microsoft.Win32.SafeHandles;
using Toa.LoadBalancing.Interop;

namespace Toa.Tool.Balancing.Control;

/// <summary>
/// An exclusive lock on a folder, so that two balancers do not create or remove the same socket at the same time. It leaves no
/// file, and the kernel releases it if the process is killed.
/// </summary>
internal static partial class FolderLock
{
    private const int Exclusive = 2, WithoutWaiting = 4;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    // A balancer holds it for a moment. Another process that can read the folder may never release it.
    private const int Attempts = 500;

    /// <exception cref="IOException">The folder does not exist, cannot be read, or remains locked.</exception>
    public static IDisposable Take(string folder)
    {
        // A folder can be opened without O_DIRECTORY, whose value depends on the architecture.
        SafeFileHandle handle = LibC.Open(folder, LibC.NonBlocking | LibC.CloseOnExec);
        if (handle.IsInvalid)
            throw Errno.Failure($"cannot open the folder {folder}", Errno.Last);
        for (int attempt = 1; Lock(handle, Exclusive | WithoutWaiting) != 0; attempt++)
        {
            int error = Errno.Last;
            if (error == Errno.TryAgain && attempt < Attempts)
            {
                Thread.Sleep(Pause);
                continue;
            }

            handle.Dispose();
            throw Errno.Failure($"cannot lock the folder {folder}", error);
        }

        return handle;
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(SafeFileHandle handle, int operation);
}
