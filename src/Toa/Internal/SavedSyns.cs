using System;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Toa.Interop;

namespace Toa.Internal;

/// <summary>
/// The saved SYNs of connections. The kernel returns the saved SYN of a connection only once, so it is kept as long as the socket.
/// </summary>
internal static class SavedSyns
{
    private static readonly ConditionalWeakTable<Socket, Syn> Known = new();

    /// <summary>
    /// Uses the client from the saved SYN if no provider reads TOA options. If a provider does, its result stays: the provider
    /// had a reason not to accept the TOA option.
    /// </summary>
    public static void Consult<TCalls>(Socket socket, FormatSet formats, TCalls calls, ref ToaResolution found)
        where TCalls : struct, ISocketCalls
    {
        if (found.FallbackReason != ToaFallbackReason.NoProvider)
            return;
        byte[] packet = Known.GetValue(socket, static _ => new Syn()).Read(socket, calls);
        bool mapped = socket.AddressFamily == AddressFamily.InterNetworkV6;
        if (SavedSyn.TryRead(packet, mapped, formats, out ToaResolution saved))
            found = saved;
    }

    private sealed class Syn
    {
        private byte[]? _packet;

        /// <returns>The packet; empty if the kernel has none.</returns>
        public byte[] Read<TCalls>(Socket socket, TCalls calls)
            where TCalls : struct, ISocketCalls
        {
            lock (this)
                return _packet ??= Ask(socket, calls);
        }

        private static byte[] Ask<TCalls>(Socket socket, TCalls calls)
            where TCalls : struct, ISocketCalls
        {
            Span<byte> packet = stackalloc byte[SavedSyn.LargestSize];

            try
            {
                using SocketLease lease = new(socket);
                bool isSaved = calls.GetOption(lease.Handle, TcpAbi.Level, TcpAbi.SavedSyn, packet, out int length) == 0
                    && length >= 0 && length <= packet.Length;
                return isSaved ? packet.Slice(0, length).ToArray() : [];
            }
            // The socket was closed during the call: the earlier result remains valid.
            catch (ObjectDisposedException)
            {
                return [];
            }
        }
    }
}
