using System;
using System.Net.Sockets;
using Toa.Interop;

namespace Toa.Internal;

/// <summary>The socket options that a provider answers.</summary>
internal readonly record struct ProviderAnswers(bool Lookup, bool Info, bool Vtoa = false)
{
    /// <summary>Asks on an unconnected socket: the errno of a provider differs from ENOPROTOOPT, the kernel's own.</summary>
    public static ProviderAnswers Ask<TCalls>(TCalls calls)
        where TCalls : struct, ISocketCalls
    {
        if (!calls.IsLinux)
            return default;
        try
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            using SocketLease lease = new(socket);
            return Ask(lease.Handle, calls);
        }
        // No descriptor or memory is available, or sockets are forbidden: the same as no provider.
        catch (SocketException)
        {
            return default;
        }
    }

    private static ProviderAnswers Ask<TCalls>(nint handle, TCalls calls)
        where TCalls : struct, ISocketCalls
    {
        Span<byte> answer = stackalloc byte[ToaAbi.InfoSize];
        return new ProviderAnswers(
            IsKnown(calls.GetOption(handle, ToaAbi.Level, ToaAbi.GetLookup, answer.Slice(0, ToaAbi.Nat64PeerSize), out _)),
            IsKnown(calls.GetOption(handle, ToaAbi.Level, ToaAbi.GetInfo, answer, out _)),
            IsKnown(calls.GetOption(handle, ToaAbi.Level, VtoaAbi.GetClient, answer.Slice(0, SocketAddressAbi.LargestSize), out _)));
    }

    private static bool IsKnown(int errno) =>
        errno is 0 or Errno.NotConnected or Errno.InvalidArgument or Errno.Fault or Errno.NoSuchProcess or Errno.NoData;
}
