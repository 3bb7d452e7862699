using System;
using System.Net.Sockets;
using Toa.Interop;

namespace Toa.Internal;

/// <summary>Which questions a provider answers here.</summary>
internal readonly record struct ProviderAnswers(bool Lookup, bool Info)
{
    /// <summary>Asks about a socket that is not connected: who knows the question says so, and who does not says that.</summary>
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
        // Neither a descriptor nor memory to be had, or sockets forbidden: nobody's answer either.
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
            IsKnown(calls.GetOption(handle, ToaAbi.Level, ToaAbi.GetInfo, answer, out _)));
    }

    private static bool IsKnown(int errno) =>
        errno is 0 or Errno.NotConnected or Errno.InvalidArgument or Errno.Fault;
}
