using System;
using System.Net.Sockets;

namespace Toa.Interop;

/// <summary>
/// Keeps a socket's descriptor from being closed while it is in use. Otherwise a Dispose on another thread could let
/// the kernel give the number to another connection between two calls, whose client would then be taken for ours.
/// </summary>
internal readonly ref struct SocketLease
{
#if NETSTANDARD2_0
    // Socket.SafeHandle is not to be had there: this keeps the garbage collector from closing a forgotten socket, but
    // the race with Dispose stands, and the public documentation says so.
    private readonly Socket _socket;

    public SocketLease(Socket socket) => _socket = socket;

    public nint Handle => _socket.Handle;

    public void Dispose() => GC.KeepAlive(_socket);
#else
    private readonly SafeSocketHandle _handle;

    /// <exception cref="ObjectDisposedException">The socket has been closed.</exception>
    public SocketLease(Socket socket)
    {
        _handle = socket.SafeHandle;
        bool held = false;
        _handle.DangerousAddRef(ref held);
    }

    public nint Handle => _handle.DangerousGetHandle();

    public void Dispose() => _handle.DangerousRelease();
#endif
}
