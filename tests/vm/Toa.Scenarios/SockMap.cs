using System;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios;

/// <summary>A BPF_MAP_TYPE_SOCKMAP: a socket in it has its operations replaced, and its sk_user_data taken.</summary>
internal sealed unsafe partial class SockMap : IDisposable
{
    private const int BpfSyscall = 321, MapCreate = 0, MapUpdate = 2, SockMapType = 15;

    private readonly int _fd;

    public SockMap(int size)
    {
        // type, key size, value size, entries
        uint* attributes = stackalloc uint[4] { SockMapType, 4, 4, (uint)size };
        _fd = Bpf(MapCreate, attributes, 16);
    }

    public void Add(int key, PosixSocket socket)
    {
        int value = socket.Fd;
        // map, padding, key, value, flags: pointers are 64 bits wide
        ulong* attributes = stackalloc ulong[4] { (uint)_fd, (ulong)&key, (ulong)&value, 0 };
        Bpf(MapUpdate, attributes, 32);
    }

    public void Dispose() => Libc.close(_fd);

    private static int Bpf(int command, void* attributes, uint size)
    {
        nint result = syscall(BpfSyscall, command, attributes, size);
        return result >= 0 ? (int)result : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"bpf command {command}");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint command, void* attributes, nuint size);
}
