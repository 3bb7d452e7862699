using System;
using Toa.Internal;

namespace Toa.Interop;

/// <summary>
/// The kernel, as a lookup knows it: two system calls, and what else may answer them. Tests put their own in its place; being a
/// generic argument and a struct, the real one costs nothing.
/// </summary>
internal interface ISocketCalls
{
    /// <summary>Whether this is Linux: no other kernel has got providers.</summary>
    bool IsLinux { get; }

    /// <summary>What this kernel's providers were found to know.</summary>
    InfoSupport Providers { get; }

    /// <summary>
    /// Whether a name may be from a TOA option although no socket option is answered: then it proves nothing. Reads files, so it
    /// is for connections without a provider only. True where it cannot be found out.
    /// </summary>
    bool MayRewriteNames { get; }

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
