using System;
using System.Net.Sockets;
#if NETSTANDARD2_0
using System.Reflection;
using System.Runtime.InteropServices;
#endif

namespace Toa.Interop;

/// <summary>
/// Keeps a socket's descriptor open while it is in use. Otherwise, if another thread disposes the socket between two calls, the
/// kernel could reuse the number, and the lookup would return the client of another connection.
/// </summary>
internal readonly ref struct SocketLease
{
#if NETSTANDARD2_0
    /// <summary>
    /// Socket.SafeHandle, which is not part of .NET Standard 2.0; null on runtimes without it, such as .NET Framework. There, the
    /// lease keeps the garbage collector from closing an unreferenced socket, but does not prevent a Dispose on another thread.
    /// The public documentation says so.
    /// </summary>
    private static readonly Func<Socket, SafeHandle>? SafeHandleOf = (Func<Socket, SafeHandle>?)typeof(Socket)
        .GetProperty("SafeHandle", BindingFlags.Public | BindingFlags.Instance)?.GetMethod
        .CreateDelegate(typeof(Func<Socket, SafeHandle>));

    private readonly Socket _socket;
    private readonly SafeHandle? _held;

    /// <exception cref="ObjectDisposedException">The socket has been closed.</exception>
    public SocketLease(Socket socket)
    {
        _socket = socket;
        _held = SafeHandleOf?.Invoke(socket);
        bool held = false;
        _held?.DangerousAddRef(ref held);
    }

    public nint Handle => _held?.DangerousGetHandle() ?? _socket.Handle;

    public void Dispose()
    {
        _held?.DangerousRelease();
        GC.KeepAlive(_socket);
    }
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
