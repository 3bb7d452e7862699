using System;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios;

/// <summary>
/// Another program at the hook for connections. It requests a call for each segment with an option that the kernel does not
/// know, and counts these calls.
/// </summary>
internal sealed unsafe class HeaderWatcher : IDisposable
{
    private const int MapCreate = 0, MapLookup = 1, Array = 2;
    private const int LookUpElement = 1, SetCallbackFlags = 59;
    private const int PassiveEstablished = 5, ParseHeaderOptions = 13, ParseUnknownOptions = 1 << 5;
    private const short CallbackFlagsAt = 84;

    private readonly int _count;
    private readonly CgroupProgram _program;

    public HeaderWatcher()
    {
        // type, key size, value size, entries
        uint* attributes = stackalloc uint[4] { Array, 4, 8, 1 };
        _count = Bpf.Call(MapCreate, attributes, 16);
        _program = new CgroupProgram("watches_headers", CgroupProgram.SocketOps, Code(_count), CgroupProgram.AtSocketOps);
    }

    public long Seen
    {
        get
        {
            int key = 0;
            long value;
            // map, padding, key, value, flags: pointers are 64 bits wide
            ulong* attributes = stackalloc ulong[4] { (uint)_count, (ulong)&key, (ulong)&value, 0 };
            Bpf.Call(MapLookup, attributes, 32);
            return value;
        }
    }

    public void Dispose()
    {
        _program.Dispose();
        Libc.close(_count);
    }

    private static ulong[] Code(int map) =>
    [
        Instruction(0xbf, to: 6, from: 1),                              // r6 = the context
        Instruction(0x61, to: 2, from: 6),                              // r2 = the context's op
        Instruction(0x55, to: 2, offset: 5, value: PassiveEstablished), // if op is another one, skip 5
        Instruction(0x61, to: 2, from: 6, offset: CallbackFlagsAt),
        Instruction(0x47, to: 2, value: ParseUnknownOptions),
        Instruction(0xbf, to: 1, from: 6),
        Instruction(0x85, value: SetCallbackFlags),
        Instruction(0x05, offset: 10),                                  // to the end
        Instruction(0x55, to: 2, offset: 9, value: ParseHeaderOptions),
        Instruction(0x62, to: 10, offset: -4),                          // the key: 0
        Instruction(0xbf, to: 2, from: 10),
        Instruction(0x07, to: 2, value: -4),
        Instruction(0x18, to: 1, from: 1, value: map),
        0,
        Instruction(0x85, value: LookUpElement),
        Instruction(0x15, to: 0, offset: 2),                            // if there is no value, to the end
        Instruction(0xb7, to: 1, value: 1),
        Instruction(0xdb, to: 0, from: 1),                              // *r0 += 1, atomically
        Instruction(0xb7, to: 0, value: 1),
        Instruction(0x95),
    ];

    private static ulong Instruction(byte code, int to = 0, int from = 0, short offset = 0, int value = 0) =>
        code | (ulong)(to | from << 4) << 8 | (ulong)(ushort)offset << 16 | (ulong)(uint)value << 32;
}
