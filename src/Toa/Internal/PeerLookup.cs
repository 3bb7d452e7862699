using System;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Toa.Interop;

namespace Toa.Internal;

/// <summary>Asks the kernel for the real client, with several calls in a fixed order.</summary>
internal static class PeerLookup
{
    /// <summary>Finds the real client of a TCP socket.</summary>
    /// <param name="socket">A connected socket.</param>
    /// <param name="withTransportPeer">Whether to find the transport peer, even at the cost of one more system call.</param>
    /// <param name="accepted">The peer's name from accept, which saves a call of getpeername; otherwise <c>default</c>.</param>
    /// <param name="calls">The kernel.</param>
    /// <param name="found">The result; <c>default</c> if there is no client.</param>
    /// <returns><see cref="SocketError.Success"/> if and only if there is a client.</returns>
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

    /// <summary>As <see cref="Find"/>, for callers that do not throw: false if <see cref="Get"/> would throw.</summary>
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
        // Errors of the kernel's answers do not throw. These exceptions mean that the socket is closed, or that .NET considers it
        // not connected.
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            return false;
        }
    }

    /// <summary>
    /// Uses the peer's name as the transport peer, if no provider answered and none can have rewritten the name. Asks for the
    /// name again, after the check for such a provider: a provider that is loaded later did not see this connection's handshake.
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
        // The socket was closed during the lookup: its peer still cannot be checked.
        catch (ObjectDisposedException)
        {
        }
    }

    /// <summary>The result on systems without providers: the socket's own remote endpoint.</summary>
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

    /// <summary>The result on Linux.</summary>
    internal static SocketError AskKernel<TCalls>(
        Socket socket, bool withTransportPeer, in ToaEndPoint accepted, TCalls calls, out ToaResolution found)
        where TCalls : struct, ISocketCalls
    {
        // Check before the handle is read: once a Socket has exposed its handle, it tries only one address when it connects to a
        // host with several. A lookup must not change that. This check also finds closed sockets.
        if (!socket.Connected && socket.RemoteEndPoint is null)
        {
            found = default;
            return SocketError.NotConnected;
        }

        bool mapped = socket.AddressFamily == AddressFamily.InterNetworkV6;
        // No try block: inside one, native calls go through a stub. Nothing throws before Dispose.
        SocketLease lease = new(socket);
        SocketError error = AskKernel(lease.Handle, mapped, withTransportPeer, accepted, calls, out found);
        lease.Dispose();
        return error;
    }

    /// <summary>
    /// Asks the kernel. A provider of this project answers the first question (4097) for every connection. Of the other providers,
    /// vtoa answers 1348, and the others answer 4096 for NAT64 clients. If that fails in any way, the peer's name is the result.
    /// </summary>
    /// <remarks>
    /// Both questions are in one stack frame, because each return after a system call costs a branch misprediction. They write
    /// their results in place: a processor that copies in one piece what was written in several waits until all of them have
    /// arrived. Locals are not cleared, to save time. The answer buffers are cleared: a sandbox can report success in place of
    /// the kernel, and the buffer must then not hold the data of another connection.
    /// </remarks>
    [SkipLocalsInit, MethodImpl(MethodImplOptions.NoInlining)]
    internal static SocketError AskKernel<TCalls>(
        nint handle, bool mapped, bool withTransportPeer, in ToaEndPoint accepted, TCalls calls, out ToaResolution found)
        where TCalls : struct, ISocketCalls
    {
        bool isAsked = calls.Providers.IsLikely;
        if (isAsked && AskInfo(handle, mapped, accepted, calls, out found))
            return SocketError.Success;
        SocketError error = AskPublicAbi(handle, mapped, withTransportPeer, accepted, calls, out found);

        // A provider of this project may have been loaded since 4097 was last asked. The check of known proxies needs its answer.
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
        if (errno != 0 || !ToaInfo.TryRead(answer, length, mapped, out found))
            return false;

        calls.Providers.Hit();
        if (found.ClientField.Source == ToaSource.TransportPeer && found.PeerField.Address.IsLinkLocal)
            AddScope(handle, accepted, calls, ref found);
        return true;
    }

    /// <summary>Adds the scope of a link-local peer, which only the peer's name contains.</summary>
    private static void AddScope<TCalls>(nint handle, ToaEndPoint accepted, TCalls calls, ref ToaResolution found)
        where TCalls : struct, ISocketCalls
    {
        ToaEndPoint name = accepted, peer = found.PeerField;
        if (name.Source == ToaSource.None)
            AskName(handle, calls, out name);
        if (name.Address != peer.Address || name.Port != peer.Port)
            return;
        found.PeerField = new ToaEndPoint(peer.Address, peer.Port, peer.Source, scopeId: (uint)name.ScopeId);
        found.ClientField = found.PeerField;
    }

    [SkipLocalsInit, MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static SocketError AskPublicAbi<TCalls>(
        nint handle, bool mapped, bool withTransportPeer, in ToaEndPoint accepted, TCalls calls, out ToaResolution found)
        where TCalls : struct, ISocketCalls
    {
        found = default;
        bool isAccepted = accepted.Source != ToaSource.None;
        found.ReasonField = ToaFallbackReason.NoProvider;
        if (calls.Vtoa.IsLikely && VtoaLookup.Ask(handle, mapped, calls, ref found))
            return SocketError.Success;
        bool mayBeVtoa = found.ReasonField != ToaFallbackReason.NoProvider;
        bool isLookupLikely = !mayBeVtoa || calls.LookupWithVtoa.IsLikely;
        if (isLookupLikely && AskLookup(handle, mayBeVtoa, calls, ref found))
        {
            // vtoa may have rewritten the name.
            if (!mayBeVtoa)
                AddName(handle, withTransportPeer, accepted, calls, ref found);
            return SocketError.Success;
        }

        // After a reset, the kernel has no client any more, but the name from accept may come from a forged TOA option. Without a
        // provider, the name may come from a provider that was unloaded since, so it cannot be checked.
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

    /// <summary>Uses the peer's name as the transport peer of a client that the name does not show.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddName<TCalls>(
        nint handle, bool withTransportPeer, in ToaEndPoint accepted, TCalls calls, ref ToaResolution found)
        where TCalls : struct, ISocketCalls
    {
        if (accepted.Source != ToaSource.None)
            found.PeerField = accepted;
        else if (withTransportPeer)
            AskName(handle, calls, out found.PeerField);
        // If the name equals the client, a provider has rewritten it, and it is not the transport peer.
        if (found.PeerField == found.ClientField)
            found.PeerField = default;
    }

    /// <summary>Sets the client, or the reason why it is not known. If 4096 is unknown, the reason stays.</summary>
    [SkipLocalsInit, MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool AskLookup<TCalls>(nint handle, bool mayBeVtoa, TCalls calls, ref ToaResolution found)
        where TCalls : struct, ISocketCalls
    {
        Span<byte> answer = stackalloc byte[ToaAbi.Nat64PeerSize];

        answer.Clear();
        int errno = calls.GetOption(handle, ToaAbi.Level, ToaAbi.GetLookup, answer, out int length);
        if (errno == 0 && Nat64Peer.TryRead(answer, length, out found.ClientField))
        {
            found.ReasonField = ToaFallbackReason.None;
            return true;
        }

        if (errno != Errno.UnknownOption)
            found.ReasonField = ReasonFor(errno);
        else if (mayBeVtoa)
            calls.LookupWithVtoa.Miss();
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

    // After every failure, the peer's name is asked for: which errno means "no TOA option" depends on the provider. The reason is
    // only a hint.
    internal static ToaFallbackReason ReasonFor(int errno) => errno switch
    {
        0 => ToaFallbackReason.UnusableAnswer,
        Errno.UnknownOption => ToaFallbackReason.NoProvider,
        Errno.InvalidArgument => ToaFallbackReason.NoOption,
        // The connection has an IPv4 client, and getpeername returns it.
        Errno.Fault => ToaFallbackReason.None,
        _ => ToaFallbackReason.LookupDenied,
    };
}
