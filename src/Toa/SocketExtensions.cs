using System;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Toa.Internal;
using Toa.Interop;

namespace Toa;

/// <summary>Gets the real client of a connection that came through a load balancer which writes TOA options (TCP Option Address).</summary>
/// <remarks>
/// <para>
/// On Linux, each call asks the kernel. A provider of this project answers everything in one call
/// (<c>getsockopt(IPPROTO_IP, 4097)</c>). Another provider is asked for the IPv6 client of a NAT64 connection
/// (<c>getsockopt(IPPROTO_IP, 4096)</c>), and vtoa of Alibaba Cloud Linux for the client (<c>getsockopt(IPPROTO_IP, 1348)</c>). If
/// they have none, the kernel is asked for the peer (<c>getpeername</c>), which is then the real IPv4 client. Without a provider in the kernel, or for a connection without a TOA option, the result is therefore the
/// transport peer: the balancer itself, or a client that connected directly. Systems other than Linux have no provider, and the
/// result is the value of <see cref="Socket.RemoteEndPoint"/>.
/// </para>
/// <para>
/// The provider decides which addresses are accepted. Anyone who can reach the port can write a TOA option, so configure the
/// trusted networks of the provider before you base a decision on the address.
/// </para>
/// <para>
/// An IPv4 client is always returned as IPv4, also from a dual-mode socket, where the kernel reports <c>::ffff:192.0.2.10</c>.
/// The port is in host byte order, as everywhere in .NET. A link-local IPv6 peer keeps its scope id.
/// </para>
/// <para>
/// A call costs one or two short system calls (three with vtoa and another vendor's provider), and never waits for the network. It
/// allocates its result, and 48 bytes if the TOA option has a virtual address or a network id. The result does not change while
/// the connection lives: ask once for each connection, soon after it was accepted.
/// </para>
/// <para>
/// Thread safety: the members may be called from any thread, also while other threads send and receive on the socket. They may
/// race with <see cref="Socket.Dispose()"/>: the result is then correct or an error. There is one exception: the .NET Standard
/// 2.0 build, on runtimes where it cannot hold the handle, such as .NET Framework. There, a lookup that races with
/// <see cref="Socket.Dispose()"/> may return the client of another connection that got the same descriptor.
/// </para>
/// </remarks>
public static class SocketExtensions
{
    /// <summary>Gets the real client of a connected TCP socket.</summary>
    /// <param name="socket">A connected TCP socket, as <see cref="Socket.Accept()"/> returns it.</param>
    /// <returns>
    /// The address and port of the real client, or of the transport peer if no client is known. Each call returns a new object.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="socket"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSupportedException">
    /// <paramref name="socket"/> is not a TCP socket (UDP, Unix domain, …). Multipath TCP counts as TCP.
    /// </exception>
    /// <exception cref="SocketException">
    /// <see cref="SocketError.NotConnected"/>: <paramref name="socket"/> listens, was never connected, or its connection is gone,
    /// for example after a reset by the client. Other codes come from the system.
    /// </exception>
    /// <exception cref="ObjectDisposedException"><paramref name="socket"/> has been closed.</exception>
    public static IPEndPoint GetRealRemoteEndPoint(this Socket socket) => GetRealClient(socket).ToIPEndPoint();

    /// <summary>Tries to get the real client of a connected TCP socket.</summary>
    /// <param name="socket">A connected TCP socket, as <see cref="Socket.Accept()"/> returns it.</param>
    /// <param name="endPoint">
    /// The address and port of the real client, or of the transport peer if no client is known. Each call returns a new object.
    /// <see langword="null"/> if the result is <see langword="false"/>.
    /// </param>
    /// <returns>
    /// <see langword="false"/> if <see cref="GetRealRemoteEndPoint"/> would throw anything but
    /// <see cref="ArgumentNullException"/>: the socket is not a TCP socket, is not or no longer connected, or is closed.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="socket"/> is <see langword="null"/>.</exception>
    public static bool TryGetRealRemoteEndPoint(this Socket socket, [NotNullWhen(true)] out IPEndPoint? endPoint)
    {
        bool found = TryGetRealClient(socket, out ToaEndPoint client);
        endPoint = found ? client.ToIPEndPoint() : null;
        return found;
    }

    /// <summary>Gets the real client of a connected TCP socket, as a struct.</summary>
    /// <param name="socket">A connected TCP socket, as <see cref="Socket.Accept()"/> returns it.</param>
    /// <returns>The real client, or the transport peer if no client is known.</returns>
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

    /// <summary>Tries to get the real client of a connected TCP socket, as a struct.</summary>
    /// <param name="socket">A connected TCP socket, as <see cref="Socket.Accept()"/> returns it.</param>
    /// <param name="client">
    /// The real client, or the transport peer if no client is known; <c>default</c> if the result is <see langword="false"/>.
    /// </param>
    /// <returns>
    /// <see langword="false"/> if <see cref="GetRealClient"/> would throw anything but <see cref="ArgumentNullException"/>: the
    /// socket is not a TCP socket, is not or no longer connected, or is closed.
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
    /// Tells the kernel to save the SYN of each connection that a listener accepts, for <see cref="ToaOptions.ReadSavedSyn"/>. On
    /// systems other than Linux, it does nothing.
    /// </summary>
    /// <param name="listener">A TCP socket. Call this before it listens: connections that already exist have no saved SYN.</param>
    /// <remarks>The kernel keeps the headers, about 100 bytes, until they are read or the connection ends.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="listener"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSupportedException"><paramref name="listener"/> is not a TCP socket.</exception>
    /// <exception cref="SocketException">The kernel refused: it is older than Linux 4.2, or a sandbox denies the call.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="listener"/> has been closed.</exception>
    public static void SaveSyn(this Socket listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        TcpSocket.ThrowIfNot(listener);
        // Throws if the socket is closed, also if the lease cannot detect that (.NET Standard 2.0).
        _ = listener.LocalEndPoint;
        if (!default(LibcCalls).IsLinux)
            return;
        using SocketLease lease = new(listener);
        int errno = LibcCalls.SetOption(lease.Handle, TcpAbi.Level, TcpAbi.SaveSyn, value: 1);
        if (errno != 0)
            throw new SocketException((int)Errno.ToSocketError(errno));
    }
}
