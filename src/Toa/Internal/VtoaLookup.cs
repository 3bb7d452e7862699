using System;
using System.Runtime.CompilerServices;
using Toa.Interop;

namespace Toa.Internal;

/// <summary>
/// Asks vtoa, the TOA module of Alibaba Cloud Linux. Its documentation does not say which errors it returns, nor which buffer it
/// requires. It also rewrites the peer's name, so its clients have no transport peer.
/// </summary>
internal static class VtoaLookup
{
    /// <summary>
    /// Sets the client, or the reason why it is not known: <see cref="ToaFallbackReason.NoProvider"/> if vtoa is not loaded.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Ask<TCalls>(nint handle, bool mapped, TCalls calls, ref ToaResolution found)
        where TCalls : struct, ISocketCalls
    {
        int errno = Ask(handle, SocketAddressAbi.InterNetworkV6Size, mapped, calls, out ToaEndPoint client);
        if (errno == Errno.InvalidArgument && calls.ShortVtoa.IsLikely)
            errno = AskShort(handle, mapped, calls, out client);

        bool isClient = client.CanBeClient(hasPort: true);
        if (isClient)
            found.ClientField = client;
        found.ReasonField = isClient ? ToaFallbackReason.None : ReasonFor(errno);
        if (found.ReasonField == ToaFallbackReason.NoProvider)
            calls.Vtoa.Miss();
        return isClient;
    }

    private static int AskShort<TCalls>(nint handle, bool mapped, TCalls calls, out ToaEndPoint client)
        where TCalls : struct, ISocketCalls
    {
        int errno = Ask(handle, SocketAddressAbi.InterNetworkSize, mapped, calls, out client);
        if (errno == 0)
            calls.ShortVtoa.Hit();
        else if (!calls.ShortVtoa.WasAnswered)
            calls.ShortVtoa.Miss();
        return errno;
    }

    /// <returns>0, or the errno of the failure.</returns>
    private static int Ask<TCalls>(nint handle, int size, bool mapped, TCalls calls, out ToaEndPoint client)
        where TCalls : struct, ISocketCalls
    {
        Span<byte> answer = stackalloc byte[SocketAddressAbi.LargestSize];

        client = default;
        int errno = calls.GetOption(handle, ToaAbi.Level, VtoaAbi.GetClient, answer.Slice(0, size), out int length);
        if (errno == 0 && PeerName.TryRead(answer, Math.Min(length, size), ToaSource.None, out ToaEndPoint name))
            client = new ToaEndPoint(
                name.Address, name.Port, name.Address.IsIPv4 ? ToaSource.IPv4Option : ToaSource.IPv6Option, mapped);
        return errno;
    }

    private static ToaFallbackReason ReasonFor(int errno) => errno switch
    {
        Errno.Fault or Errno.NoSuchProcess or Errno.NoData => ToaFallbackReason.NoOption,
        _ => PeerLookup.ReasonFor(errno),
    };
}
