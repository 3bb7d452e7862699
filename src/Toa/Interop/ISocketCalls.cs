using System;

namespace Toa.Interop;

/// <summary>
/// The two system calls of a lookup. Tests put their own in place of the kernel; being a generic argument and a struct,
/// the real one costs nothing.
/// </summary>
internal interface ISocketCalls
{
    /// <summary>
    /// getsockopt into <paramref name="answer"/>; <paramref name="length"/> is what the kernel wrote back.
    /// </summary>
    /// <returns>0, or the errno of the failure.</returns>
    int GetOption(nint socket, int level, int name, Span<byte> answer, out int length);

    /// <summary>
    /// getpeername into <paramref name="answer"/>; <paramref name="length"/> is the address's own, even where that did
    /// not fit.
    /// </summary>
    /// <returns>0, or the errno of the failure.</returns>
    int GetPeerName(nint socket, Span<byte> answer, out int length);
}
