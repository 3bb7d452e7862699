using System;
using System.Net.Sockets;

namespace Toa.Internal;

/// <summary>Checks whether a socket is a TCP socket.</summary>
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
        // Unspecified: the program leaves the choice to the kernel, which uses TCP. Unknown: Multipath TCP, for which .NET has no
        // name, on a descriptor that was passed to the process.
        && protocol is ProtocolType.Tcp or ProtocolType.Unspecified or ProtocolType.Unknown;
}
