using System.Runtime.InteropServices;

namespace Toa.Tool.Capture;

/// <summary>
/// The kernel filter of a capture, as a classic BPF program (linux/filter.h). It passes the first bytes of TCP packets, and drops
/// all other packets.
/// </summary>
internal static class PacketFilter
{
    /// <summary>Enough for all headers up to the end of the TCP options.</summary>
    public const int SnapLength = 512;

    private const ushort LoadByte = 0x30, LoadByteAtX = 0x50, LoadHeaderLength = 0xb1, ShiftRight = 0x74;
    private const ushort JumpIfEqual = 0x15, JumpIfGreaterOrEqual = 0x35, Return = 0x06;

    private const uint Tcp = 6, HopByHop = 0, Routing = 43, DestinationOptions = 60;
    private const uint DataOffset = 12, FirstWithOptions = 0x60; // the data offset is the upper half of the byte, in words

    /// <param name="withoutOptions">Whether it passes TCP packets without options too.</param>
    public static Instruction[] Program(bool withoutOptions) =>
    [
        new(LoadByte, 0),
        new(ShiftRight, 4),
        new(JumpIfEqual, 4, 0, 5),
        // IPv4
        new(LoadByte, 9),
        new(JumpIfEqual, Tcp, 0, 11),
        new(LoadHeaderLength, 0),
        new(LoadByteAtX, DataOffset),
        new(JumpIfGreaterOrEqual, withoutOptions ? 0 : FirstWithOptions, 9, 8),
        // IPv6, also with extension headers before TCP, which the decoder reads
        new(JumpIfEqual, 6, 0, 7),
        new(LoadByte, 6),
        new(JumpIfEqual, HopByHop, 6, 0),
        new(JumpIfEqual, Routing, 5, 0),
        new(JumpIfEqual, DestinationOptions, 4, 0),
        new(JumpIfEqual, Tcp, 0, 2),
        new(LoadByte, 40 + DataOffset),
        new(JumpIfGreaterOrEqual, withoutOptions ? 0 : FirstWithOptions, 1, 0),
        new(Return, 0),
        new(Return, SnapLength),
    ];

    /// <summary>struct sock_filter: the jumps are numbers of instructions to skip.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public readonly struct Instruction(ushort code, uint value, byte jumpIfTrue = 0, byte jumpIfFalse = 0)
    {
        public readonly ushort Code = code;
        public readonly byte JumpIfTrue = jumpIfTrue;
        public readonly byte JumpIfFalse = jumpIfFalse;
        public readonly uint Value = value;
    }
}
