using System;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Toa;

/// <summary>The members of <see cref="SocketExtensions"/> for programs that have a <see cref="TcpClient"/>.</summary>
public static class TcpClientExtensions
{
    /// <summary>Gets the real client of an accepted connection.</summary>
    /// <param name="connection">A connection, as <see cref="TcpListener.AcceptTcpClient()"/> returns it.</param>
    /// <returns>As <see cref="SocketExtensions.GetRealRemoteEndPoint"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="connection"/> is <see langword="null"/>.</exception>
    /// <exception cref="SocketException">As for <see cref="SocketExtensions.GetRealRemoteEndPoint"/>.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="connection"/> has been closed.</exception>
    public static IPEndPoint GetRealRemoteEndPoint(this TcpClient connection) =>
        SocketOf(connection).GetRealRemoteEndPoint();

    /// <summary>Tries to get the real client of an accepted connection.</summary>
    /// <param name="connection">A connection, as <see cref="TcpListener.AcceptTcpClient()"/> returns it.</param>
    /// <param name="endPoint">As for <see cref="SocketExtensions.TryGetRealRemoteEndPoint"/>.</param>
    /// <returns>As <see cref="SocketExtensions.TryGetRealRemoteEndPoint"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="connection"/> is <see langword="null"/>.</exception>
    public static bool TryGetRealRemoteEndPoint(this TcpClient connection, [NotNullWhen(true)] out IPEndPoint? endPoint)
    {
        ArgumentNullException.ThrowIfNull(connection);
        endPoint = null;
        return connection.Client is { } socket && socket.TryGetRealRemoteEndPoint(out endPoint);
    }

    /// <summary>Gets the real client of an accepted connection, as a struct.</summary>
    /// <param name="connection">A connection, as <see cref="TcpListener.AcceptTcpClient()"/> returns it.</param>
    /// <returns>As <see cref="SocketExtensions.GetRealClient"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="connection"/> is <see langword="null"/>.</exception>
    /// <exception cref="SocketException">As for <see cref="SocketExtensions.GetRealRemoteEndPoint"/>.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="connection"/> has been closed.</exception>
    public static ToaEndPoint GetRealClient(this TcpClient connection) => SocketOf(connection).GetRealClient();

    /// <summary>Tries to get the real client of an accepted connection, as a struct.</summary>
    /// <param name="connection">A connection, as <see cref="TcpListener.AcceptTcpClient()"/> returns it.</param>
    /// <param name="client">As for <see cref="SocketExtensions.TryGetRealClient"/>.</param>
    /// <returns>As <see cref="SocketExtensions.TryGetRealClient"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="connection"/> is <see langword="null"/>.</exception>
    public static bool TryGetRealClient(this TcpClient connection, out ToaEndPoint client)
    {
        ArgumentNullException.ThrowIfNull(connection);
        client = default;
        return connection.Client is { } socket && socket.TryGetRealClient(out client);
    }

    // A closed TcpClient has no socket any more.
    private static Socket SocketOf(TcpClient connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return connection.Client ?? throw new ObjectDisposedException(nameof(TcpClient));
    }
}
