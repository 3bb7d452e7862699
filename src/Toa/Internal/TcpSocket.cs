using System;
using System.Net.Sockets;

namespace Toa.Internal;

/// <summary>Tells TCP sockets from all others.</summary>
internal static class TcpSocket
{
    public static bool Is(Socket socket) => Is(socket.AddressFamily, socket.SocketType, socket.ProtocolType);

    public static void ThrowIfNot(Socket socket)
    {
        if (!Is(socket))
            throw new NotSupportedException(
                $"TOA requires a TCP socket, but this is a {socket.AddressFamily} {socket.SocketType} {socket.ProtocolType} socket.");
    }

    public static bool Is(AddressFamily family, SocketType type, ProtocolType protocol) =>
        family is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6
        && type is SocketType.Stream
        // Unspecified is what a program asks for when it leaves the choice to the kernel, which takes TCP. Unknown is
        // Multipath TCP, for which .NET has no name, on a descriptor that was handed to the process.
        && protocol is ProtocolType.Tcp or ProtocolType.Unspecified or ProtocolType.Unknown;
}
