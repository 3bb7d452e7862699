using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Globalization;
using System.IO;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Toa.Tool.Language;

namespace Toa.Tool.Machines;

/// <summary>
/// A socket of another process. pidfd_getfd(2) opens it a second time in this process, and the caller closes that again: this
/// changes neither the other process nor the socket.
/// </summary>
internal static partial class ForeignSocket
{
    // The numbers are the same on all processors.
    private const int PidfdOpen = 434, PidfdGetfd = 438;

    private const int EPERM = 1, EBADF = 9, ENOSYS = 38, ESRCH = 3;

    /// <param name="inode">The socket's inode number.</param>
    /// <param name="holders">The processes that have it open.</param>
    /// <returns>The caller disposes of it. Null if no process has it open any more.</returns>
    /// <exception cref="CannotLookException">The kernel cannot do it, or this process is not allowed to.</exception>
    public static Socket? Open(string inode, IEnumerable<Holder> holders)
    {
        foreach (Holder holder in holders)
        {
            int process = int.Parse(holder.Process, CultureInfo.InvariantCulture);
            string link = Holder.LinkTo(inode);
            if (DescriptorOf(process, link) is { } descriptor && Copy(process, descriptor, link, holder) is { } socket)
                return socket;
        }

        return null;
    }

    private static int? DescriptorOf(int process, string link)
    {
        try
        {
            foreach (string descriptor in Directory.GetFileSystemEntries($"/proc/{process}/fd"))
            {
                if (new FileInfo(descriptor).LinkTarget == link)
                    return int.Parse(Path.GetFileName(descriptor), CultureInfo.InvariantCulture);
            }
        }
        // The process belongs to another user, or has ended.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }

        return null;
    }

    /// <summary>Opens a descriptor of a process again; null if it does not lead to the socket any more.</summary>
    internal static Socket? Copy(int process, int descriptor, string link, Holder holder)
    {
        nint own = Call(PidfdOpen, process, 0, holder);
        if (own < 0)
            return null;
        using SafeSocketHandle handle = new(own, ownsHandle: true);
        nint result = Call(PidfdGetfd, own, descriptor, holder);
        if (result < 0)
            return null;
        SafeSocketHandle copy = new(result, ownsHandle: true);
        // In the meantime, the process can have closed the socket and opened another file under the same number.
        if (new FileInfo($"/proc/self/fd/{result}").LinkTarget == link)
            return new Socket(copy);
        copy.Dispose();
        return null;
    }

    /// <summary>The new descriptor; negative if the process or its descriptor is gone.</summary>
    private static nint Call(int number, nint first, nint second, Holder holder)
    {
        nint result = SystemCall(number, first, second, 0);
        int error = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        if (error is 0 or ESRCH or EBADF)
            return result;
        Message cure = error switch
        {
            ENOSYS => $"This requires Linux 5.6 or newer.",
            EPERM => $"This requires CAP_SYS_PTRACE: run toa as root, on the host.",
            _ => $"See man pidfd_getfd.",
        };
        throw new CannotLookException(
            $"The socket of {holder.Name} (process {holder.Process}) cannot be opened: {new Win32Exception(error).Message}.", cure);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third);
}
