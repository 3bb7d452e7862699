using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using Toa.Shared;

namespace Toa.Tool.Machines;

/// <summary>
/// Lists the eBPF programs of some types with bpf(2). The numbers are from linux/bpf.h.
/// </summary>
internal static class BpfPrograms
{
    private const int GetNextProgram = 11, GetProgram = 13, GetInfo = 15, GetLink = 30, GetNextLink = 31;

    private const uint SocketOpsType = 13, SocketAddressType = 18, SocketOptionType = 25;
    private const uint CgroupLink = 3;
    private const uint GetPeerName4 = 29, GetPeerName6 = 30;

    private const int EPERM = 1, ENOENT = 2, EINVAL = 22, ENOSYS = 38;

    // struct bpf_prog_info up to the name, and struct bpf_link_info including the fields for cgroups.
    private const int ProgramInfoSize = 80, NameAt = 64, NameSize = 16;
    private const int LinkInfoSize = 32, LinkProgramAt = 8, LinkAttachTypeAt = 24;

    public static IReadOnlyList<BpfProgram> List()
    {
        if (!Bpf.IsSupported)
            throw new CannotLookException($"eBPF programs cannot be listed on this processor.", $"Use bpftool prog.");
        Dictionary<uint, uint> attached = Attached();
        List<BpfProgram> programs = [];
        Span<byte> info = stackalloc byte[ProgramInfoSize];
        foreach (uint id in Ids(GetNextProgram))
        {
            if (!TryGetInfo(GetProgram, id, info))
                continue;
            uint? attachType = attached.TryGetValue(id, out uint type) ? type : null;
            if (HookOf(MemoryMarshal.Read<uint>(info), attachType) is { } hook)
                programs.Add(new BpfProgram(id, NameIn(info), hook));
        }

        return programs;
    }

    private static BpfHook? HookOf(uint programType, uint? attachType) => (programType, attachType) switch
    {
        (SocketOpsType, _) => BpfHook.SocketEvents,
        (SocketOptionType, _) => BpfHook.SocketOption,
        (SocketAddressType, GetPeerName4 or GetPeerName6) => BpfHook.PeerName,
        (SocketAddressType, null) => BpfHook.SocketAddress,
        _ => null,
    };

    /// <summary>The attach type of each program that a link attaches to a cgroup.</summary>
    private static Dictionary<uint, uint> Attached()
    {
        Dictionary<uint, uint> attached = [];
        Span<byte> info = stackalloc byte[LinkInfoSize];
        foreach (uint id in Ids(GetNextLink))
        {
            if (TryGetInfo(GetLink, id, info) && MemoryMarshal.Read<uint>(info) == CgroupLink)
                attached[MemoryMarshal.Read<uint>(info[LinkProgramAt..])] = MemoryMarshal.Read<uint>(info[LinkAttachTypeAt..]);
        }

        return attached;
    }

    private static List<uint> Ids(int command)
    {
        List<uint> ids = [];
        IdAttributes next = default;
        while (true)
        {
            next.Id = ids.Count > 0 ? ids[^1] : 0;
            if (Bpf.Call(command, ref next, out int error) >= 0)
            {
                ids.Add(next.NextId);
                continue;
            }

            return error switch
            {
                // ENOENT: no more IDs. ENOSYS or EINVAL: a kernel without bpf(2), or without links.
                ENOENT or ENOSYS or EINVAL => ids,
                EPERM => throw new CannotLookException(
                    $"This user is not allowed to list the eBPF programs.", $"This requires CAP_SYS_ADMIN: run toa as root. In a container, run toa doctor on the host."),
                _ => throw new CannotLookException(
                    $"The eBPF programs cannot be listed: {Marshal.GetPInvokeErrorMessage(error)}.", $"Use bpftool prog."),
            };
        }
    }

    private static unsafe bool TryGetInfo(int command, uint id, Span<byte> info)
    {
        info.Clear();
        IdAttributes open = new() { Id = id };
        int descriptor = Bpf.Call(command, ref open, out _);
        if (descriptor < 0)
            return false; // unloaded since its ID was listed
        try
        {
            fixed (byte* pointer = info)
            {
                InfoAttributes ask = new() { Descriptor = descriptor, Size = info.Length, Info = (ulong)pointer };
                return Bpf.Call(GetInfo, ref ask, out _) >= 0;
            }
        }
        finally
        {
            Bpf.Close(descriptor);
        }
    }

    private static string NameIn(ReadOnlySpan<byte> info)
    {
        ReadOnlySpan<byte> name = info.Slice(NameAt, NameSize);
        int end = name.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? name : name[..end]);
    }

    // The fields of union bpf_attr that each command reads.
    [StructLayout(LayoutKind.Explicit, Size = 12)]
    private struct IdAttributes
    {
        [FieldOffset(0)]
        public uint Id;

        [FieldOffset(4)]
        public uint NextId;
    }

    [StructLayout(LayoutKind.Explicit, Size = 16)]
    private struct InfoAttributes
    {
        [FieldOffset(0)]
        public int Descriptor;

        [FieldOffset(4)]
        public int Size;

        [FieldOffset(8)]
        public ulong Info;
    }
}
