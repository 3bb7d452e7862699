using System;
using System.Buffers.Binary;
using System.Net.Sockets;

namespace Toa.Tool.Balancing.Control;

/// <summary>The process and the user at the other end of a Unix socket. Those of a listening socket are this process's own.</summary>
internal readonly record struct PeerCredentials(int Process, uint User)
{
    private const int SocketLevel = 1, Option = 17; // SOL_SOCKET, SO_PEERCRED

    public static PeerCredentials Of(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[12]; // struct ucred: pid, uid, gid
        socket.GetRawSocketOption(SocketLevel, Option, credentials);
        return new PeerCredentials(
            BinaryPrimitives.ReadInt32LittleEndian(credentials), BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]));
    }

    /// <summary>Whether a peer is the same user, or root.</summary>
    public bool Trusts(PeerCredentials peer) => peer.User == User || peer.User == 0;
}
