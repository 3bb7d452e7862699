using System;
using System.Runtime.InteropServices;
using System.Text;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios;

/// <summary>
/// A loaded eBPF program; by default, it allows everything. With an attach type, it is attached to a cgroup: by default, the
/// one in <c>CGROUP</c>, or the root.
/// </summary>
internal sealed unsafe partial class CgroupProgram : IDisposable
{
    public const uint SocketOps = 13, SocketAddress = 18, SocketOption = 25;
    public const uint AtSocketOps = 3, AtConnect4 = 10, AtGetSocketOption = 21, AtGetPeerName4 = 29;

    private const int Load = 5, CreateLink = 28, LoadSize = 72, NameAt = 48, NameSize = 16, ExpectedAttachTypeAt = 68;

    private const int ReadOnly = 0;

    // r0 = 1; exit
    private static readonly ulong[] Allowing = [0x1_0000_00b7, 0x95];

    /// <summary>
    /// Refuses a call with EACCES. Before Linux 5.18, a program could only return 0, and the call failed with EPERM.
    /// </summary>
    // r1 = -EACCES; bpf_set_retval(r1); r0 = 1; exit
    public static readonly ulong[] Refusing = EbpfProvider.SetsErrno
        ? [0xffff_fff3_0000_01b7, 0xbb_0000_0085, .. Allowing]
        : [0xb7, 0x95];

    /// <summary>The cgroup that the provider serves.</summary>
    public static string Root => Environment.GetEnvironmentVariable("CGROUP") ?? "/sys/fs/cgroup";

    private readonly int _program;
    private readonly int _link = -1;

    public CgroupProgram(string name, uint type, uint? attachType = null)
        : this(name, type, Allowing, attachType)
    {
    }

    public CgroupProgram(string name, uint type, ReadOnlySpan<ulong> code, uint? attachType, string? cgroup = null)
    {
        fixed (ulong* instructions = code)
        fixed (byte* license = "GPL\0"u8)
        {
            byte* attributes = stackalloc byte[LoadSize];
            new Span<byte>(attributes, LoadSize).Clear();
            ((uint*)attributes)[0] = type;
            ((uint*)attributes)[1] = (uint)code.Length;
            ((ulong*)attributes)[1] = (ulong)instructions;
            ((ulong*)attributes)[2] = (ulong)license;
            Encoding.ASCII.GetBytes(name, new Span<byte>(attributes + NameAt, NameSize - 1));
            *(uint*)(attributes + ExpectedAttachTypeAt) = attachType ?? 0;
            _program = Bpf.Call(Load, attributes, LoadSize);
        }

        if (attachType is not { } place)
            return;
        int folder = open(cgroup ?? Root, ReadOnly);
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
