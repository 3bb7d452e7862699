using System;
using System.ComponentModel;
using System.Globalization;
using System.IO;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Toa.Tool.Language;

namespace Toa.Tool.Machines;

/// <summary>
/// Asks a listener of another process for an option that neither /proc nor ss shows. pidfd_getfd(2) opens the socket a second
/// time in this process, and closes it again: that changes neither the other process nor the socket.
/// </summary>
internal static partial class ListenerSocket
{
    // The numbers are the same on all processors.
    private const int PidfdOpen = 434, PidfdGetfd = 438;

    private const int TcpLevel = 6, TcpDeferAccept = 9;

    private const int EPERM = 1, EBADF = 9, ENOSYS = 38, ESRCH = 3;

    public static bool DefersAccept(Listener listener)
    {
        foreach (Holder holder in listener.Holders)
        {
            int process = int.Parse(holder.Process, CultureInfo.InvariantCulture);
            if (DescriptorOf(process, listener.Inode) is { } descriptor && Ask(process, descriptor, listener) is { } answer)
                return answer;
        }

        throw new CannotLookException(
            $"Whether {listener.End} has TCP_DEFER_ACCEPT is not known: no process was found that holds it.", $"Run toa as root, on the host.");
    }

    private static int? DescriptorOf(int process, string inode)
    {
        try
        {
            foreach (string descriptor in Directory.GetFileSystemEntries($"/proc/{process}/fd"))
            {
                if (new FileInfo(descriptor).LinkTarget == $"socket:[{inode}]")
                    return int.Parse(Path.GetFileName(descriptor), CultureInfo.InvariantCulture);
            }
        }
        // The process belongs to another user, or has ended.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }

        return null;
    }

    private static bool? Ask(int process, int descriptor, Listener listener)
    {
        nint own = Call(PidfdOpen, process, 0, listener);
        if (own < 0)
            return null;
        nint copy;
        using (new SafeSocketHandle(own, ownsHandle: true))
            copy = Call(PidfdGetfd, own, descriptor, listener);
        if (copy < 0)
            return null;
        using Socket socket = new(new SafeSocketHandle(copy, ownsHandle: true));
        byte[] seconds = new byte[sizeof(int)];
        socket.GetRawSocketOption(TcpLevel, TcpDeferAccept, seconds);
        return BitConverter.ToInt32(seconds) > 0;
    }

    /// <summary>The new descriptor; negative if the process or its descriptor is gone.</summary>
    private static nint Call(int number, nint first, nint second, Listener listener)
    {
        nint result = SystemCall(number, first, second, 0);
        int error = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        if (error is 0 or ESRCH or EBADF)
            return result;
        Message cure = error switch
        {
            ENOSYS => $"Linux 5.6 and newer can answer. nginx sets it with deferred, Apache with AcceptFilter.",
            EPERM => $"This requires CAP_SYS_PTRACE: run toa as root, on the host.",
            _ => $"See man pidfd_getfd.",
        };
        throw new CannotLookException(
            $"Whether {listener.End} has TCP_DEFER_ACCEPT is not known: {new Win32Exception(error).Message}.", cure);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third);
}
