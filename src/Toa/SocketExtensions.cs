using System;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Toa.Internal;
using Toa.Interop;

namespace Toa;

/// <summary>
/// The real client of a connection that came through a load balancer which writes TOA (TCP Option Address).
/// </summary>
/// <remarks>
/// <para>
/// On Linux the kernel is asked at every call. A provider of this project tells everything at once
/// (<c>getsockopt(IPPROTO_IP, 4097)</c>). Others are asked for the IPv6 client of a NAT64 connection
/// (<c>getsockopt(IPPROTO_IP, 4096)</c>), and where they have none, for the peer (<c>getpeername</c>), which they answer with
/// the real IPv4 client. Without a provider in the kernel, or for a connection without the option, the answer is therefore
/// the transport peer: the balancer itself, or a client that came directly. Elsewhere than on Linux there is no provider, and
/// the answer is what <see cref="Socket.RemoteEndPoint"/> holds.
/// </para>
/// <para>
/// An address is believed as far as the provider believes it: anyone who can reach the port can write a TOA option, so
/// name the balancers' networks to the provider before you base a decision on the address.
/// </para>
/// <para>
/// An IPv4 client always comes out as IPv4, also from a dual-mode socket, where the kernel speaks of
/// <c>::ffff:192.0.2.10</c>. The port is in host byte order, as everywhere in .NET. A link-local IPv6 peer keeps its
/// scope id.
/// </para>
/// <para>
/// A call costs one or two short system calls, never waits for the network, and allocates nothing but its answer. The answer
/// does not change while the connection lives: ask once for each connection, soon after it was accepted.
/// </para>
/// <para>
/// Thread safety: the members may be called from any thread, also while other threads send and receive on the socket.
/// They may race with <see cref="Socket.Dispose()"/>: the answer is then right or is an error. The exception is the
/// .NET Standard 2.0 build on runtimes that do not let it hold the handle, as .NET Framework: a lookup that races there with
/// <see cref="Socket.Dispose()"/> may be answered for another connection, which got the same descriptor in the meantime.
/// </para>
/// </remarks>
public static class SocketExtensions
{
    /// <summary>Gets the real client of a connected TCP socket.</summary>
    /// <param name="socket">A connected TCP socket, as <see cref="Socket.Accept()"/> returns it.</param>
    /// <returns>
    /// The address and port of the real client, or those of the transport peer where nobody knows of another: a new
    /// object at every call.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="socket"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSupportedException">
    /// <paramref name="socket"/> is not a TCP socket (UDP, Unix domain, …). Multipath TCP counts as TCP.
    /// </exception>
    /// <exception cref="SocketException">
    /// <see cref="SocketError.NotConnected"/>: <paramref name="socket"/> listens, was never connected, or its
    /// connection is gone, as after a reset by the client. Any other code is one that the system itself gave.
    /// </exception>
    /// <exception cref="ObjectDisposedException"><paramref name="socket"/> has been closed.</exception>
    public static IPEndPoint GetRealRemoteEndPoint(this Socket socket) => GetRealClient(socket).ToIPEndPoint();

    /// <summary>Tries to get the real client of a connected TCP socket.</summary>
    /// <param name="socket">A connected TCP socket, as <see cref="Socket.Accept()"/> returns it.</param>
    /// <param name="endPoint">
    /// The address and port of the real client, or those of the transport peer where nobody knows of another: a new
    /// object at every call. <see langword="null"/> where the result is <see langword="false"/>.
    /// </param>
    /// <returns>
    /// <see langword="false"/> wherever <see cref="GetRealRemoteEndPoint"/> throws anything but
    /// <see cref="ArgumentNullException"/>: the socket is not TCP, not or no longer connected, or closed.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="socket"/> is <see langword="null"/>.</exception>
    public static bool TryGetRealRemoteEndPoint(this Socket socket, [NotNullWhen(true)] out IPEndPoint? endPoint)
    {
        bool found = TryGetRealClient(socket, out ToaEndPoint client);
        endPoint = found ? client.ToIPEndPoint() : null;
        return found;
    }

    /// <summary>Gets the real client of a connected TCP socket, without an allocation.</summary>
    /// <param name="socket">A connected TCP socket, as <see cref="Socket.Accept()"/> returns it.</param>
    /// <returns>The real client, or the transport peer where nobody knows of another.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="socket"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSupportedException">As for <see cref="GetRealRemoteEndPoint"/>.</exception>
    /// <exception cref="SocketException">As for <see cref="GetRealRemoteEndPoint"/>.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="socket"/> has been closed.</exception>
    public static ToaEndPoint GetRealClient(this Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        PeerLookup.Get(socket, withTransportPeer: false, default(LibcCalls), out ToaResolution found);
        ToaMetrics.Count(found);
        return found.Client;
    }

    /// <summary>Tries to get the real client of a connected TCP socket, without an allocation.</summary>
    /// <param name="socket">A connected TCP socket, as <see cref="Socket.Accept()"/> returns it.</param>
    /// <param name="client">
    /// The real client, or the transport peer where nobody knows of another; <c>default</c> where the result is
    /// <see langword="false"/>.
    /// </param>
    /// <returns>
    /// <see langword="false"/> wherever <see cref="GetRealClient"/> throws anything but
    /// <see cref="ArgumentNullException"/>: the socket is not TCP, not or no longer connected, or closed.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="socket"/> is <see langword="null"/>.</exception>
    public static bool TryGetRealClient(this Socket socket, out ToaEndPoint client)
    {
        ArgumentNullException.ThrowIfNull(socket);
        bool isFound = PeerLookup.TryGet(
            socket, withTransportPeer: false, accepted: default, default(LibcCalls), out ToaResolution found);
        if (isFound)
            ToaMetrics.Count(found);
        client = found.Client;
        return isFound;
    }

    /// <summary>
    /// Tells the kernel to keep the first packet of each connection that a socket accepts, for
    /// <see cref="ToaOptions.ReadSavedSyn"/>. Elsewhere than on Linux, it does nothing.
    /// </summary>
    /// <param name="listener">A TCP socket, best before it listens: connections that are there already have kept none.</param>
    /// <remarks>The kernel keeps the headers, some 100 bytes, until they are read or the connection ends.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="listener"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSupportedException"><paramref name="listener"/> is not a TCP socket.</exception>
    /// <exception cref="SocketException">The kernel refused: before Linux 4.2, or in a sandbox.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="listener"/> has been closed.</exception>
    public static void SaveSyn(this Socket listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        TcpSocket.ThrowIfNot(listener);
        // Finds closed sockets, also where the lease cannot (.NET Standard 2.0).
        _ = listener.LocalEndPoint;
        if (!default(LibcCalls).IsLinux)
            return;
        using SocketLease lease = new(listener);
        int errno = LibcCalls.SetOption(lease.Handle, TcpAbi.Level, TcpAbi.SaveSyn, value: 1);
        if (errno != 0)
            throw new SocketException((int)Errno.ToSocketError(errno));
    }
}
