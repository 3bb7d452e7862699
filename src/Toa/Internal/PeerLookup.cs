using System;
using System.Net;
using System.Net.Sockets;
using Toa.Interop;

namespace Toa.Internal;

/// <summary>Who is asked for the real client, and in which order.</summary>
internal static class PeerLookup
{
    /// <summary>Finds the real client of a TCP socket.</summary>
    /// <returns><see cref="SocketError.Success"/> exactly where <paramref name="peer"/> is not null.</returns>
    public static SocketError Find(Socket socket, out IPEndPoint? peer) =>
        OperatingSystem.IsLinux() ? AskKernel(socket, default(LibcCalls), out peer) : AskSocket(socket, out peer);

    /// <summary>The answer where no provider can be: the socket's own.</summary>
    internal static SocketError AskSocket(Socket socket, out IPEndPoint? peer)
    {
        // A copy: IPEndPoint is mutable, and this one is the socket's.
        peer = socket.RemoteEndPoint is IPEndPoint own
            ? new IPEndPoint(own.Address.IsIPv4MappedToIPv6 ? own.Address.MapToIPv4() : own.Address, own.Port)
            : null;
        return peer is null ? SocketError.NotConnected : SocketError.Success;
    }

    /// <summary>The answer on Linux.</summary>
    internal static SocketError AskKernel<TCalls>(Socket socket, TCalls calls, out IPEndPoint? peer)
        where TCalls : struct, ISocketCalls
    {
        // Before the handle is touched: a Socket that has ever handed it out tries no more than one address when it is
        // to connect to a host of several, and a question must not change that. This also finds closed sockets.
        if (!socket.Connected && socket.RemoteEndPoint is null)
        {
            peer = null;
            return SocketError.NotConnected;
        }

        using SocketLease lease = new(socket);
        return AskKernel(lease.Handle, calls, out peer);
    }

    /// <summary>The two questions: the NAT64 client and, failing that in any way, the peer.</summary>
    internal static SocketError AskKernel<TCalls>(nint handle, TCalls calls, out IPEndPoint? peer)
        where TCalls : struct, ISocketCalls
    {
        Span<byte> answer = stackalloc byte[SocketAddressAbi.LargestSize];

        // No error is told from another: which one says "none" depends on the provider.
        int errno = calls.GetOption(
            handle, ToaAbi.Level, ToaAbi.GetLookup, answer.Slice(0, ToaAbi.Nat64PeerSize), out int length);
        if (errno == 0 && Nat64Peer.TryRead(answer, length, out peer))
            return SocketError.Success;

        // What an unbelievable answer left behind must not be taken for an address now.
        answer.Clear();
        errno = calls.GetPeerName(handle, answer, out length);
        if (errno == 0 && PeerName.TryRead(answer, length, out peer))
            return SocketError.Success;

        peer = null;
        return Errno.ToSocketError(errno);
    }
}
