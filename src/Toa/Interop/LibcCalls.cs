using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Toa.Internal;

namespace Toa.Interop;

/// <summary>
/// The calls to the C library. Socket.GetRawSocketOption cannot replace getsockopt: it throws if there is no client, which is the
/// common case, and the exception takes six times as long as the call.
/// </summary>
internal readonly unsafe partial struct LibcCalls : ISocketCalls
{
    private static readonly OptionSupport KernelProviders = new(), KernelVtoa = new(), KernelLookupWithVtoa = new(), KernelShortVtoa = new();

    public bool IsLinux => OperatingSystem.IsLinux();

    public OptionSupport Providers => KernelProviders;

    public OptionSupport Vtoa => KernelVtoa;

    public OptionSupport LookupWithVtoa => KernelLookupWithVtoa;

    public OptionSupport ShortVtoa => KernelShortVtoa;

    // The eBPF provider rewrites names for 32-bit programs, but the kernel does not run it for their getsockopt.
    public bool MayRewriteNames =>
        (Environment.Is64BitOperatingSystem && !Environment.Is64BitProcess) || new HostFiles("/").MayRewriteNames;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int GetOption(nint socket, int level, int name, Span<byte> answer, out int length)
    {
        uint size = (uint)answer.Length;
        int errno;
        fixed (byte* value = answer)
            errno = getsockopt((int)socket, level, name, value, &size) == 0 ? 0 : LastError();
        length = (int)size;
        return errno;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int GetPeerName(nint socket, Span<byte> answer, out int length)
    {
        uint size = (uint)answer.Length;
        int errno;
        fixed (byte* address = answer)
            errno = getpeername((int)socket, address, &size) == 0 ? 0 : LastError();
        length = (int)size;
        return errno;
    }

    /// <returns>0, or the errno of the failure.</returns>
    public static int SetOption(nint socket, int level, int name, int value) =>
        setsockopt((int)socket, level, name, &value, sizeof(int)) == 0 ? 0 : LastError();

    // LibraryImport generates no marshalling code here: all arguments are blittable, and errno is read only after a failure.
#if NETSTANDARD2_0
    [DllImport("libc", SetLastError = true)]
    private static extern int getsockopt(int socket, int level, int name, byte* value, uint* size);

    [DllImport("libc", SetLastError = true)]
    private static extern int getpeername(int socket, byte* address, uint* size);

    [DllImport("libc", SetLastError = true)]
    private static extern int setsockopt(int socket, int level, int name, int* value, uint size);

    private static int LastError() => Marshal.GetLastWin32Error();
#else
    [LibraryImport("libc")]
    private static partial int getsockopt(int socket, int level, int name, byte* value, uint* size);

    [LibraryImport("libc")]
    private static partial int getpeername(int socket, byte* address, uint* size);

    [LibraryImport("libc")]
    private static partial int setsockopt(int socket, int level, int name, int* value, uint size);

    private static int LastError() => Marshal.GetLastSystemError();
#endif
}
