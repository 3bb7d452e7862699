using System;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Toa;

/// <summary>
/// The members of <see cref="SocketExtensions"/> for programs that have a <see cref="NetworkStream"/>. Not available in the .NET
/// Standard 2.0 build, where a stream does not expose its socket.
/// </summary>
public static class NetworkStreamExtensions
{
    /// <summary>Gets the real client of an accepted connection.</summary>
    /// <param name="stream">The stream of a connected TCP socket.</param>
    /// <returns>As <see cref="SocketExtensions.GetRealRemoteEndPoint"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSupportedException">The stream's socket is not a TCP socket.</exception>
    /// <exception cref="SocketException">As for <see cref="SocketExtensions.GetRealRemoteEndPoint"/>.</exception>
    /// <exception cref="ObjectDisposedException">The stream's socket has been closed.</exception>
    public static IPEndPoint GetRealRemoteEndPoint(this NetworkStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Socket.GetRealRemoteEndPoint();
    }

    /// <summary>Tries to get the real client of an accepted connection.</summary>
    /// <param name="stream">The stream of a connected TCP socket.</param>
    /// <param name="endPoint">As for <see cref="SocketExtensions.TryGetRealRemoteEndPoint"/>.</param>
    /// <returns>As <see cref="SocketExtensions.TryGetRealRemoteEndPoint"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    public static bool TryGetRealRemoteEndPoint(this NetworkStream stream, [NotNullWhen(true)] out IPEndPoint? endPoint)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Socket.TryGetRealRemoteEndPoint(out endPoint);
    }

    /// <summary>Gets the real client of an accepted connection, as a struct.</summary>
    /// <param name="stream">The stream of a connected TCP socket.</param>
    /// <returns>As <see cref="SocketExtensions.GetRealClient"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSupportedException">The stream's socket is not a TCP socket.</exception>
    /// <exception cref="SocketException">As for <see cref="SocketExtensions.GetRealRemoteEndPoint"/>.</exception>
    /// <exception cref="ObjectDisposedException">The stream's socket has been closed.</exception>
    public static ToaEndPoint GetRealClient(this NetworkStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Socket.GetRealClient();
    }

    /// <summary>Tries to get the real client of an accepted connection, as a struct.</summary>
    /// <param name="stream">The stream of a connected TCP socket.</param>
    /// <param name="client">As for <see cref="SocketExtensions.TryGetRealClient"/>.</param>
    /// <returns>As <see cref="SocketExtensions.TryGetRealClient"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    public static bool TryGetRealClient(this NetworkStream stream, out ToaEndPoint client)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Socket.TryGetRealClient(out client);
    }
}
