using System;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios;

/// <summary>
/// A page of memory on which every access waits until <see cref="Resolve"/>. A system call with this page waits in the kernel
/// at a known place.
/// </summary>
internal sealed unsafe partial class UnresolvedPage : IDisposable
{
    public const int Size = 4096;

    private const uint ApiRequest = 0xc018aa3f, RegisterRequest = 0xc020aa00, ZeroPageRequest = 0xc020aa04;
    private const ulong Api = 0xaa, RegisterMissing = 1;

    private readonly int _fd;

    public UnresolvedPage()
    {
        Address = mmap(null, Size, 3 /* read, write */, 0x22 /* private, anonymous */, -1, 0);
        _fd = (int)Check(syscall(Libc.SYS_userfaultfd, 0x80000 /* O_CLOEXEC */), "userfaultfd");
        ulong* api = stackalloc ulong[3] { Api, 0, 0 };
        Check(ioctl(_fd, ApiRequest, api), "UFFDIO_API");
        ulong* register = stackalloc ulong[4] { (ulong)Address, Size, RegisterMissing, 0 };
        Check(ioctl(_fd, RegisterRequest, register), "UFFDIO_REGISTER");
        // A huge page nearby may already include this page: remove it.
        Check(madvise(Address, Size, 4 /* MADV_DONTNEED */), "madvise");
    }

    public byte* Address { get; }

    /// <summary>Fills the page with zeros, and so ends all waits.</summary>
    public void Resolve() => Check(FillWithZeros(), "UFFDIO_ZEROPAGE");

    public void Dispose()
    {
        // The page is usually resolved already. An error here must not hide an earlier one.
        _ = FillWithZeros();
        Libc.close(_fd);
        munmap(Address, Size);
    }

    private int FillWithZeros()
    {
        ulong* range = stackalloc ulong[4] { (ulong)Address, Size, 0, 0 };
        return ioctl(_fd, ZeroPageRequest, range);
    }

    private static nint Check(nint result, string call) =>
        result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError(), call);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int fd, nuint request, void* argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial byte* mmap(void* address, nuint length, int protection, int flags, int fd, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int madvise(void* address, nuint length, int advice);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int munmap(void* address, nuint length);
}
