using System.Runtime.InteropServices;

namespace Toa.Scenarios.Posix;

/// <summary>The socket calls of a C program, so that a scenario sees the same as any server.</summary>
internal static unsafe partial class Libc
{
    public const int AF_INET = 2, AF_INET6 = 10;
    public const int SOCK_STREAM = 1, SOCK_DGRAM = 2, SOCK_CLOEXEC = 0x80000;
    public const int SOL_SOCKET = 1, SO_REUSEADDR = 2, SO_PROTOCOL = 38;
    public const int IPPROTO_IP = 0, IPPROTO_TCP = 6, IPPROTO_IPV6 = 41, IPPROTO_MPTCP = 262, IPV6_V6ONLY = 26;
    public const int TCP_DEFER_ACCEPT = 9, TCP_REPAIR = 19, TCP_FASTOPEN = 23, TCP_SAVE_SYN = 27;
    public const int POLLIN = 1;

    public static readonly nint SYS_bpf = IsArm64 ? 280 : 321;
    public static readonly nint SYS_finit_module = IsArm64 ? 273 : 313;
    public static readonly nint SYS_userfaultfd = IsArm64 ? 282 : 323;

    public const int EPERM = 1, ENOENT = 2, EACCES = 13, EFAULT = 14, EINVAL = 22, ENOPROTOOPT = 92, EPROTONOSUPPORT = 93, ENOTCONN = 107;

    private static bool IsArm64 => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int bind(int fd, byte* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int listen(int fd, int backlog);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int accept4(int fd, byte* address, uint* length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int connect(int fd, byte* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int getpeername(int fd, byte* address, uint* length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int getsockname(int fd, byte* address, uint* length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int getsockopt(int fd, int level, int option, byte* value, uint* length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setsockopt(int fd, int level, int option, byte* value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint send(int fd, byte* data, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint recv(int fd, byte* data, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int poll(PollFd* fds, nuint count, int milliseconds);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint syscall(nint number, nint first, void* second, nint third);

    [StructLayout(LayoutKind.Sequential)]
    public struct PollFd
    {
        public int Fd;
        public short Events;
        public short Returned;
    }
}
