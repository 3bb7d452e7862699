using System;
using System.Runtime.InteropServices;
using System.Text;
using Toa.Shared;

namespace Toa.Interop;

/// <summary>The pinned maps of the kernel, through bpf(2).</summary>
internal sealed unsafe class PinnedMaps : IPinnedMaps
{
    private const int LookupElement = 1, GetObject = 7, GetInfo = 15;
    private const uint ReadOnly = 1 << 3;

    public int Open(string path, out int map)
    {
        map = -1;
        if (!Bpf.IsSupported)
            return Errno.NotImplemented;
        int errno;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            ObjectAttributes attributes = new() { Path = (ulong)name, Flags = ReadOnly };
            map = Bpf.Call(GetObject, ref attributes, out errno);
        }

        return errno;
    }

    public int GetValueSize(int map, out int size)
    {
        MapInfo info = default;
        InfoAttributes attributes = new() { Map = (uint)map, Size = (uint)sizeof(MapInfo), Info = (ulong)&info };
        _ = Bpf.Call(GetInfo, ref attributes, out int errno);
        size = (int)info.ValueSize;
        return errno;
    }

    public int Lookup(int map, uint key, Span<byte> value)
    {
        fixed (byte* pointer = value)
        {
            ElementAttributes attributes = new() { Map = (uint)map, Key = (ulong)&key, Value = (ulong)pointer };
            _ = Bpf.Call(LookupElement, ref attributes, out int errno);
            return errno;
        }
    }

    public void Close(int map) => Bpf.Close(map);

    // The part of union bpf_attr that each command reads.
    [StructLayout(LayoutKind.Explicit, Size = 16)]
    private struct ObjectAttributes
    {
        [FieldOffset(0)]
        public ulong Path;

        [FieldOffset(12)]
        public uint Flags;
    }

    [StructLayout(LayoutKind.Explicit, Size = 16)]
    private struct InfoAttributes
    {
        [FieldOffset(0)]
        public uint Map;

        [FieldOffset(4)]
        public uint Size;

        [FieldOffset(8)]
        public ulong Info;
    }

    // The beginning of struct bpf_map_info.
    [StructLayout(LayoutKind.Explicit, Size = 16)]
    private struct MapInfo
    {
        [FieldOffset(12)]
        public uint ValueSize;
    }

    [StructLayout(LayoutKind.Explicit, Size = 32)]
    private struct ElementAttributes
    {
        [FieldOffset(0)]
        public uint Map;

        [FieldOffset(8)]
        public ulong Key;

        [FieldOffset(16)]
        public ulong Value;
    }
}
