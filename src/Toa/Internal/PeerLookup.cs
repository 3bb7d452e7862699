using System;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Toa.Interop;

namespace Toa.Internal;

/// <summary>Who is asked for the real client, and in which order.</summary>
internal static class PeerLookup
{
    /// <summary>Finds the real client of a TCP socket.</summary>
    /// <param name="socket">A connected one.</param>
    /// <param name="withTransportPeer">Whether the transport peer is worth one more system call.</param>
    /// <param name="accepted">The peer as accept named it, which saves asking for its name; else <c>default</c>.</param>
    /// <param name="calls">The kernel.</param>
    /// <param name="found">The answer; <c>default</c> if there is no client.</param>
    /// <returns><see cref="SocketError.Success"/> exactly where there is a client.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static SocketError Find<TCalls>(
        Socket socket, bool withTransportPeer, in ToaEndPoint accepted, TCalls calls, out ToaResolution found)
        where TCalls : struct, ISocketCalls =>
        calls.IsLinux ? AskKernel(socket, withTransportPeer, accepted, calls, out found) : AskSocket(socket, out found);

    /// <summary>As <see cref="Find"/>, for callers that throw.</summary>
    public static void Get<TCalls>(Socket socket, bool withTransportPeer, TCalls calls, out ToaResolution found)
        where TCalls : struct, ISocketCalls
    {
        TcpSocket.ThrowIfNot(socket);
        SocketError error = Find(socket, withTransportPeer, accepted: default, calls, out found);
        if (error != SocketError.Success)
            throw new SocketException((int)error);
    }

    /// <summary>As <see cref="Find"/>, for callers that do not: false wherever <see cref="Get"/> throws.</summary>
    public static bool TryGet<TCalls>(
        Socket socket, bool withTransportPeer, in ToaEndPoint accepted, TCalls calls, out ToaResolution found)
        where TCalls : struct, ISocketCalls
    {
        found = default;
        try
        {
            return TcpSocket.Is(socket)
                && Find(socket, withTransportPeer, accepted, calls, out found) == SocketError.Success;
        }
        // Neither is thrown for what the kernel answers: the socket was closed, or is itself of the opinion that it has
        // no peer.
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            return false;
        }
    }

    /// <summary>
    /// Makes the name the transport peer, where no provider answered and none can have rewritten it. The name is asked for again,
    /// after the look for such a provider: one that is loaded later did not see this connection's handshake.
    /// </summary>
    public static void AddTransportPeer<TCalls>(Socket socket, TCalls calls, ref ToaResolution found)
        where TCalls : struct, ISocketCalls
    {
        if (calls.MayRewriteNames)
            return;
        try
        {
            using SocketLease lease = new(socket);
            if (AskName(lease.Handle, calls, out ToaEndPoint peer) == SocketError.Success)
                found = new ToaResolution(peer, peer, found.FallbackReason);
        }
        // Closed meanwhile: it stays one that cannot be checked.
        catch (ObjectDisposedException)
        {
        }
    }

    /// <summary>The answer where no provider can be: the socket's own.</summary>
    internal static SocketError AskSocket(Socket socket, out ToaResolution found)
    {
        if (socket.RemoteEndPoint is not IPEndPoint own)
        {
            found = default;
            return SocketError.NotConnected;
        }

        ToaEndPoint peer = new(own, ToaSource.Socket);
        found = new ToaResolution(peer, peer, ToaFallbackReason.NotLinux);
        return SocketError.Success;
    }

    /// <summary>The answer on Linux.</summary>
    internal static SocketError AskKernel<TCalls>(
        Socket socket, bool withTransportPeer, in ToaEndPoint accepted, TCalls calls, out ToaResolution found)
        where TCalls : struct, ISocketCalls
    {
        // Before the handle is touched: a Socket that has ever handed it out tries no more than one address when it is
        // to connect to a host of several, and a question must not change that. This also finds closed sockets.
        if (!socket.Connected && socket.RemoteEndPoint is null)
        {
            found = default;
            return SocketError.NotConnected;
        }

        bool mapped = socket.AddressFamily == AddressFamily.InterNetworkV6;
        // Not a try block, in which native calls go through a stub: nothing throws between the two.
        SocketLease lease = new(socket);
        SocketError error = AskKernel(lease.Handle, mapped, withTransportPeer, accepted, calls, out found);
        lease.Dispose();
        return error;
    }

    /// <summary>
    /// The questions. A provider of this project answers the first one for every connection. Others know only the second,
    /// about NAT64 clients; failing that in any way, the peer's name is the answer.
    /// </summary>
    /// <remarks>
    /// One frame for both of them, as each return behind a system call costs a misprediction. And what they find is written where
    /// the caller wants it: a processor that is to copy in one piece what was written in several waits until all of them
    /// have arrived. Locals are not cleared for the same reason, but the buffers of answers are: a sandbox can say success in the
    /// kernel's place, and what stands in them must not be another connection's then.
    /// </remarks>
    [SkipLocalsInit, MethodImpl(MethodImplOptions.NoInlining)]
    internal static SocketError AskKernel<TCalls>(
        nint handle, bool mapped, bool withTransportPeer, in ToaEndPoint accepted, TCalls calls, out ToaResolution found)
        where TCalls : struct, ISocketCalls
    {
        bool isAsked = calls.Providers.IsLikely;
        if (isAsked && AskInfo(handle, mapped, accepted, calls, out found))
            return SocketError.Success;
        SocketError error = AskPublicAbi(handle, withTransportPeer, accepted, calls, out found);

        // A provider of this project may have been loaded since the last 4097: only that one can check the known proxies.
        bool mayBeOurs = !isAsked && withTransportPeer && error == SocketError.Success
            && found.FallbackReason != ToaFallbackReason.NoProvider;
        if (mayBeOurs && AskInfo(handle, mapped, accepted, calls, out ToaResolution ours))
            found = ours;
        return error;
    }

    private static bool AskInfo<TCalls>(nint handle, bool mapped, in ToaEndPoint accepted, TCalls calls, out ToaResolution found)
        where TCalls : struct, ISocketCalls
    {
        Span<byte> answer = stackalloc byte[ToaAbi.InfoSize];

        found = default;
        int errno = calls.GetOption(handle, ToaAbi.Level, ToaAbi.GetInfo, answer, out int length);
        if (errno == Errno.UnknownOption)
            calls.Providers.Miss();
        if (errno != 0 || !ToaInfo.TryRead(answer, length, mapped, out ToaEndPoint client, out ToaEndPoint peer))
            return false;

        calls.Providers.Hit();
        if (client.CanBeClient)
        {
            found = new ToaResolution(client, peer, ToaFallbackReason.None);
            return true;
        }

        if (peer.Address.IsLinkLocal)
            peer = WithScope(handle, peer, accepted, calls);
        found = new ToaResolution(peer, peer, ReasonWithout(client));
        return true;
    }

    /// <summary>Adds the scope of a link-local peer, which only its name has.</summary>
    private static ToaEndPoint WithScope<TCalls>(nint handle, ToaEndPoint peer, ToaEndPoint accepted, TCalls calls)
        where TCalls : struct, ISocketCalls
    {
        ToaEndPoint name = accepted;
        if (name.Source == ToaSource.None)
            AskName(handle, calls, out name);
        return name.Address == peer.Address && name.Port == peer.Port
            ? new ToaEndPoint(peer.Address, peer.Port, peer.Source, scopeId: (uint)name.ScopeId)
            : peer;
    }

    private static ToaFallbackReason ReasonWithout(ToaEndPoint client) =>
        client.Source == ToaSource.None ? ToaFallbackReason.NoOption : ToaFallbackReason.UnusableAnswer;

    [SkipLocalsInit, MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static SocketError AskPublicAbi<TCalls>(
        nint handle, bool withTransportPeer, in ToaEndPoint accepted, TCalls calls, out ToaResolution found)
        where TCalls : struct, ISocketCalls
    {
        found = default;
        bool isAccepted = accepted.Source != ToaSource.None;
        if (AskLookup(handle, calls, ref found))
        {
            if (isAccepted)
                found.PeerField = accepted;
            else if (withTransportPeer)
                AskName(handle, calls, out found.PeerField);
            // Where the name has been rewritten to the client, it names no transport peer.
            if (found.PeerField == found.ClientField)
                found.PeerField = default;
            return SocketError.Success;
        }

        // After a reset the kernel has no client any more, but accept's name may be one from a forged TOA option.
        // Without a provider, it may be one that a provider gave before it was unloaded, so it cannot be checked.
        bool isStillNamed = isAccepted && (found.FallbackReason == ToaFallbackReason.NoOption
            || (found.FallbackReason == ToaFallbackReason.NoProvider && !withTransportPeer));
        if (isStillNamed)
        {
            found.ClientField = accepted;
            return SocketError.Success;
        }

        SocketError error = AskName(handle, calls, out found.ClientField);
        if (error != SocketError.Success)
            found = default;
        return error;
    }

    /// <summary>Sets the client, or the reason why it is not known.</summary>
    [SkipLocalsInit, MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool AskLookup<TCalls>(nint handle, TCalls calls, ref ToaResolution found)
        where TCalls : struct, ISocketCalls
    {
        Span<byte> answer = stackalloc byte[ToaAbi.Nat64PeerSize];

        answer.Clear();
        int errno = calls.GetOption(handle, ToaAbi.Level, ToaAbi.GetLookup, answer, out int length);
        if (errno == 0 && Nat64Peer.TryRead(answer, length, out found.ClientField))
            return true;
        found.ReasonField = ReasonFor(errno);
        return false;
    }

    [SkipLocalsInit, MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static SocketError AskName<TCalls>(nint handle, TCalls calls, out ToaEndPoint peer)
        where TCalls : struct, ISocketCalls
    {
        Span<byte> answer = stackalloc byte[SocketAddressAbi.LargestSize];

        answer.Clear();
        int errno = calls.GetPeerName(handle, answer, out int length);
        if (errno == 0 && PeerName.TryRead(answer, length, ToaSource.PeerName, out peer))
            return SocketError.Success;
        peer = default;
        return Errno.ToSocketError(errno);
    }

    // Every failure leads on to the peer's name: which errno says "none" depends on the provider. It is a hint only.
    private static ToaFallbackReason ReasonFor(int errno) => errno switch
    {
        0 => ToaFallbackReason.UnusableAnswer,
        Errno.UnknownOption => ToaFallbackReason.NoProvider,
        Errno.InvalidArgument => ToaFallbackReason.NoOption,
        // The connection holds an IPv4 client, and getpeername names it.
        Errno.Fault => ToaFallbackReason.None,
        _ => ToaFallbackReason.LookupDenied,
    };
}
