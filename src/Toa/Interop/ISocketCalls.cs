using System;
using Toa.Internal;

namespace Toa.Interop;

/// <summary>
/// The kernel, as a lookup uses it: two system calls, and facts about its providers. Tests replace it. As a struct and a generic
/// argument, the real implementation adds no cost.
/// </summary>
internal interface ISocketCalls
{
    /// <summary>Whether this is Linux: other kernels have no providers.</summary>
    bool IsLinux { get; }

    /// <summary>Remembers whether the providers of this kernel answer 4097.</summary>
    OptionSupport Providers { get; }

    /// <summary>Remembers whether vtoa answers 1348 on this kernel.</summary>
    OptionSupport Vtoa { get; }

    /// <summary>Remembers whether another provider answers 4096 on a kernel with vtoa. Without vtoa, it is not used.</summary>
    OptionSupport LookupWithVtoa { get; }

    /// <summary>Remembers whether vtoa requires a buffer of the size of an IPv4 client's answer.</summary>
    OptionSupport ShortVtoa { get; }

    /// <summary>
    /// Whether a name may come from a TOA option although no socket option is answered. The name then proves nothing. Reads
    /// files, so use it only for connections without a provider. True if it cannot be determined.
    /// </summary>
    bool MayRewriteNames { get; }

    /// <summary>getsockopt into <paramref name="answer"/>; <paramref name="length"/> is the length that the kernel returned.</summary>
    /// <returns>0, or the errno of the failure.</returns>
    int GetOption(nint socket, int level, int name, Span<byte> answer, out int length);

    /// <summary>
    /// getpeername into <paramref name="answer"/>; <paramref name="length"/> is the full length of the address, even if it did
    /// not fit.
    /// </summary>
    /// <returns>0, or the errno of the failure.</returns>
    int GetPeerName(nint socket, Span<byte> answer, out int length);
}
