using System;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios;

/// <summary>A BPF_MAP_TYPE_SOCKMAP: it replaces the operations of its sockets, and uses their sk_user_data.</summary>
internal sealed unsafe class SockMap : IDisposable
{
    private const int MapCreate = 0, MapUpdate = 2, SockMapType = 15;

    private readonly int _fd;

    public SockMap(int size)
    {
        // type, key size, value size, entries
        uint* attributes = stackalloc uint[4] { SockMapType, 4, 4, (uint)size };
        _fd = Bpf.Call(MapCreate, attributes, 16);
    }

    public void Add(int key, PosixSocket socket)
    {
        int value = socket.Fd;
        // map, padding, key, value, flags: pointers are 64 bits wide
        ulong* attributes = stackalloc ulong[4] { (uint)_fd, (ulong)&key, (ulong)&value, 0 };
        Bpf.Call(MapUpdate, attributes, 32);
    }

    public void Dispose() => Libc.close(_fd);
}
