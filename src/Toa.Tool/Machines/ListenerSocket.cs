using System;
using System.Net.Sockets;

namespace Toa.Tool.Machines;

/// <summary>Asks a listener of another process for an option that neither /proc nor ss shows.</summary>
internal static class ListenerSocket
{
    private const int TcpLevel = 6, TcpDeferAccept = 9;

    /// <exception cref="CannotLookException">The kernel cannot answer, or this process is not allowed to ask.</exception>
    public static bool DefersAccept(Listener listener)
    {
        using Socket socket = ForeignSocket.Open(listener.Inode, listener.Holders) ?? throw new CannotLookException(
            $"Whether {listener.End} has TCP_DEFER_ACCEPT is not known: no process was found that holds it.", $"Run toa as root, on the host.");
        byte[] seconds = new byte[sizeof(int)];
        try
        {
            socket.GetRawSocketOption(TcpLevel, TcpDeferAccept, seconds);
        }
        // For example a listener for Multipath TCP on older kernels, or a policy for system calls.
        catch (SocketException e)
        {
            throw new CannotLookException(
                $"Whether {listener} has TCP_DEFER_ACCEPT is not known: the kernel does not answer ({e.Message.TrimEnd('.')}).",
                $"See the program's configuration: deferred (nginx), AcceptFilter (Apache), defer-accept (HAProxy).");
        }

        return BitConverter.ToInt32(seconds) > 0;
    }
}
