using System.Net.Sockets;

namespace Toa.Interop;

/// <summary>
/// Linux's error numbers, which are the same on every architecture that .NET supports: those that getpeername, a provider, a
/// security module or a seccomp filter can return.
/// </summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoSuchProcess = 3;
    public const int BadDescriptor = 9;
    public const int OutOfMemory = 12;
    public const int AccessDenied = 13;
    public const int Fault = 14;
    public const int InvalidArgument = 22;
    public const int NotImplemented = 38;
    public const int NoData = 61;
    public const int NotSocket = 88;
    public const int UnknownOption = 92;
    public const int NoBufferSpace = 105;
    public const int NotConnected = 107;

    /// <summary>The error for an errno; for 0, the error of an answer that could not be read.</summary>
    public static SocketError ToSocketError(int errno) => errno switch
    {
        0 => SocketError.AddressFamilyNotSupported,
        NotConnected => SocketError.NotConnected,
        NotPermitted or AccessDenied => SocketError.AccessDenied,
        BadDescriptor or NotSocket => SocketError.NotSocket,
        Fault => SocketError.Fault,
        InvalidArgument => SocketError.InvalidArgument,
        NoBufferSpace or OutOfMemory => SocketError.NoBufferSpaceAvailable,
        _ => SocketError.SocketError,
    };
}
