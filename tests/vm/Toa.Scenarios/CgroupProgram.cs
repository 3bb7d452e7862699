using System;
using System.Runtime.InteropServices;
using System.Text;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios;

/// <summary>An eBPF program that says yes to everything, loaded and, if it is to be, attached to the root cgroup, or to the one that <c>CGROUP</c> names.</summary>
internal sealed unsafe partial class CgroupProgram : IDisposable
{
    public const uint SocketOps = 13, SocketAddress = 18;
    public const uint AtConnect4 = 10, AtGetPeerName4 = 29;

    private const int Load = 5, CreateLink = 28, LoadSize = 72, NameAt = 48, NameSize = 16, ExpectedAttachTypeAt = 68;

    private const int ReadOnly = 0;

    private readonly int _program;
    private readonly int _link = -1;

    public CgroupProgram(string name, uint type, uint? attachType = null)
    {
        // r0 = 1; exit
        ulong* code = stackalloc ulong[2] { 0x00000001_0000_00_b7, 0x95 };
        fixed (byte* license = "GPL\0"u8)
        {
            byte* attributes = stackalloc byte[LoadSize];
            new Span<byte>(attributes, LoadSize).Clear();
            ((uint*)attributes)[0] = type;
            ((uint*)attributes)[1] = 2;
            ((ulong*)attributes)[1] = (ulong)code;
            ((ulong*)attributes)[2] = (ulong)license;
            Encoding.ASCII.GetBytes(name, new Span<byte>(attributes + NameAt, NameSize - 1));
            *(uint*)(attributes + ExpectedAttachTypeAt) = attachType ?? 0;
            _program = Bpf.Call(Load, attributes, LoadSize);
        }

        if (attachType is not { } place)
            return;
        int folder = open(Environment.GetEnvironmentVariable("CGROUP") ?? "/sys/fs/cgroup", ReadOnly);
        uint* link = stackalloc uint[4] { (uint)_program, (uint)folder, place, 0 };
        _link = Bpf.Call(CreateLink, link, 16);
        Libc.close(folder);
    }

    public void Dispose()
    {
        if (_link >= 0)
            Libc.close(_link);
        Libc.close(_program);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int open(string path, int flags);
}
