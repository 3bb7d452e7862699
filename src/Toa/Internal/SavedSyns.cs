using System;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Toa.Interop;

namespace Toa.Internal;

/// <summary>
/// The clients and peers from saved SYNs. The kernel returns the saved SYN of a connection only once, so the first result is kept
/// as long as the socket.
/// </summary>
internal static class SavedSyns
{
    private static readonly ConditionalWeakTable<Socket, Syn> Known = new();

    /// <summary>
    /// Uses the client from the saved SYN if no provider reads TOA options. If a provider does, its result stays: the provider
    /// had a reason not to accept the TOA option.
    /// </summary>
    public static void Consult<TCalls>(Socket socket, TCalls calls, ref ToaResolution found)
        where TCalls : struct, ISocketCalls
    {
        if (found.FallbackReason != ToaFallbackReason.NoProvider)
            return;
        Syn syn = Known.GetValue(socket, static _ => new Syn());
        lock (syn)
        {
            if (!syn.IsRead)
                syn.Read(socket, calls);
        }

        if (syn.Client.Source != ToaSource.None)
            found = new ToaResolution(syn.Client, syn.Peer, ToaFallbackReason.None);
        else if (syn.Peer.Source != ToaSource.None)
            found = new ToaResolution(syn.Peer, syn.Peer, ToaFallbackReason.NoOption);
    }

    private sealed class Syn
    {
        public bool IsRead { get; private set; }

        public ToaEndPoint Client { get; private set; }

        public ToaEndPoint Peer { get; private set; }

        public void Read<TCalls>(Socket socket, TCalls calls)
            where TCalls : struct, ISocketCalls
        {
            Span<byte> packet = stackalloc byte[SavedSyn.LargestSize];

            IsRead = true;
            if (!TryAsk(socket, calls, packet, out int length))
                return;
            bool mapped = socket.AddressFamily == AddressFamily.InterNetworkV6;
            if (SavedSyn.TryRead(packet.Slice(0, length), mapped, out ToaEndPoint client, out ToaEndPoint peer))
                (Client, Peer) = (client, peer);
        }

        private static bool TryAsk<TCalls>(Socket socket, TCalls calls, Span<byte> packet, out int length)
            where TCalls : struct, ISocketCalls
        {
            try
            {
                using SocketLease lease = new(socket);
                return calls.GetOption(lease.Handle, TcpAbi.Level, TcpAbi.SavedSyn, packet, out length) == 0
                    && length >= 0 && length <= packet.Length;
            }
            // The socket was closed during the call: the earlier result remains valid.
            catch (ObjectDisposedException)
            {
                length = 0;
                return false;
            }
        }
    }
}
