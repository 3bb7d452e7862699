using System;
using System.Collections.Generic;
using System.Linq;
using Toa.Shared;
using Label = Toa.Tool.Capture.FilterProgram.Label;

namespace Toa.Tool.Capture;

/// <summary>
/// The kernel filter of a sample of new connections. It passes SYNs, segments without data, which can complete a handshake, and
/// segments with an option that TCP itself does not use. All other packets, that is most data, are dropped.
/// </summary>
/// <remarks>
/// A connection is in the sample if a hash of its source port is below a limit. So the segments of a connection are all in the
/// sample or all not, and a sample with a lower limit is a part of one with a higher limit. Packets with IPv6 extension headers are
/// dropped.
/// </remarks>
/// <param name="Share">The part of all source ports in the sample: above 0, up to 1.</param>
/// <param name="Salt">Selects which ports are in the sample.</param>
/// <param name="Ports">The destination ports; empty for all.</param>
internal sealed record SampleFilter(double Share, ushort Salt, IReadOnlyList<int> Ports)
{
    /// <summary>Enough for an IPv4 or IPv6 header without extensions, and the longest TCP header.</summary>
    public const int SnapLength = 120;

    // Options of a header that are looked at. A segment that has more passes.
    private const int MostOptions = 10;

    // A multiplication by 2^32 divided by the golden ratio spreads consecutive ports over all numbers of 32 bits.
    private const uint Golden = 0x9e3779b9;

    private const ushort LoadWord = 0x20, LoadHalf = 0x28, LoadByte = 0x30, LoadWordAtX = 0x40, LoadHalfAtX = 0x48, LoadByteAtX = 0x50;
    private const ushort LoadMemory = 0x60, LoadXMemory = 0x61, LoadX = 0x01, LoadXHeaderLength = 0xb1, Store = 0x02, StoreX = 0x03;
    private const ushort Plus = 0x04, PlusX = 0x0c, MinusX = 0x1c, Times = 0x24, And = 0x54, Left = 0x64, Right = 0x74, Xor = 0xa4;
    private const ushort ToX = 0x07, FromX = 0x87, Return = 0x06;
    private const ushort IfEqual = 0x15, IfAtLeast = 0x35, IfAtLeastX = 0x3d, IfAny = 0x45;

    // Of a packet that is for another host, or goes out.
    private const uint PacketType = 0xfffff004, ForOthers = 3;
    private const uint Tcp = 6, TcpHeaderSize = 20, IPv6HeaderSize = 40, FragmentOffset = 0x1fff;
    private const uint DestinationPortAt = 2, DataOffsetAt = 12, FlagsAt = 13;
    private const uint Fin = 1, Syn = 2, Reset = 4, Ack = 16;
    private const uint EndOfOptions = 0, NoOperation = 1;

    // The options of nearly all segments of Linux and Windows: two NOPs and a timestamp.
    private const uint UsualOptions = 0x0101080a, UsualHeaderSize = 32;

    // Memory of the program.
    private const uint SegmentLength = 0, HeaderLength = 1, TcpAt = 2, Flags = 3, EndOfHeader = 4;

    // Those from 6 on. The first ones are all TCP's.
    private const byte FirstOther = 6;

    private static readonly byte[] s_kindsOfTcp =
        [.. Enumerable.Range(FirstOther, 256 - FirstOther).Select(kind => (byte)kind).Where(OptionKind.BelongsToTcp)];

    public PacketFilter.Instruction[] Program()
    {
        FilterProgram program = new();
        Label drop = new(), ipv4 = new(), ipv6 = new(), tcp = new(), sampled = new(), reject = new(), accept = new();
        program.Add(LoadWord, PacketType).If(IfAtLeast, ForOthers, drop);
        program.Add(LoadByte).Add(Right, 4).If(IfEqual, 4, ipv4).If(IfEqual, 6, ipv6, drop);

        program.At(ipv4).Add(LoadByte, 9).If(IfEqual, Tcp, null, drop)
            // Only the first fragment has a TCP header.
            .Add(LoadHalf, 6).If(IfAny, FragmentOffset, drop)
            .Add(LoadXHeaderLength).Add(LoadHalf, 2).Add(MinusX).Add(Store, SegmentLength).GoTo(tcp);

        program.At(ipv6).Add(LoadByte, 6).If(IfEqual, Tcp, null, drop)
            .Add(LoadHalf, 4).Add(Store, SegmentLength).Add(LoadX, IPv6HeaderSize);

        // X is at the TCP header from here on.
        program.At(tcp);
        if (Share < 1)
        {
            uint limit = (uint)Math.Min(Share * 4294967296.0, uint.MaxValue);
            program.Add(LoadHalfAtX).Add(Xor, Salt).Add(Times, Golden).If(IfAtLeast, limit, drop);
        }

        program.GoTo(sampled).At(drop).GoTo(reject).At(sampled);
        AddPorts(program);
        AddFlags(program, accept, reject);
        AddOptions(program);
        program.At(accept).Add(Return, SnapLength).At(reject).Add(Return, 0);
        return program.Build();
    }

    private void AddPorts(FilterProgram program)
    {
        if (Ports.Count == 0)
            return;
        Label isPort = new();
        program.Add(LoadHalfAtX, DestinationPortAt);
        // The list can be longer than the longest conditional jump.
        foreach (int port in Ports)
        {
            Label next = new();
            program.If(IfEqual, (uint)port, null, next).GoTo(isPort).At(next);
        }

        program.Add(Return, 0).At(isPort);
    }

    private static void AddFlags(FilterProgram program, Label accept, Label reject)
    {
        Label pass = new(), drop = new(), isAck = new(), hasData = new(), options = new();
        program.Add(LoadByteAtX, FlagsAt).Add(And, Fin | Syn | Reset | Ack).If(IfEqual, Syn, pass).If(IfAny, Syn | Reset, drop)
            .Add(Store, Flags).Add(StoreX, TcpAt)
            .Add(LoadByteAtX, DataOffsetAt).Add(Right, 4).Add(Left, 2).Add(Store, HeaderLength)
            .Add(LoadMemory, Flags).If(IfEqual, Ack, isAck, hasData);
        program.At(isAck).Add(LoadXMemory, HeaderLength).Add(LoadMemory, SegmentLength).Add(MinusX).If(IfEqual, 0, pass)
            .Add(LoadXMemory, TcpAt);
        program.At(hasData).Add(LoadMemory, HeaderLength).If(IfAtLeast, TcpHeaderSize + 1, null, drop)
            .If(IfEqual, UsualHeaderSize, null, options)
            .Add(LoadWordAtX, TcpHeaderSize).If(IfEqual, UsualOptions, drop, options);
        // The kernel takes what is behind a Return for its next instruction, which would lack the values in memory.
        program.At(drop).GoTo(reject).At(pass).GoTo(accept);
        program.At(options).Add(LoadMemory, HeaderLength).Add(PlusX).Add(Store, EndOfHeader).Add(FromX).Add(Plus, TcpHeaderSize);
    }

    // A is at the next option. Classic BPF has no loops.
    private static void AddOptions(FilterProgram program)
    {
        for (int i = 0; i < MostOptions; i++)
        {
            Label drop = new(), padding = new(), known = new(), isLong = new(), next = new();
            program.Add(LoadXMemory, EndOfHeader).If(IfAtLeastX, 0, drop).Add(ToX).Add(LoadByteAtX)
                .If(IfEqual, EndOfOptions, drop).If(IfEqual, NoOperation, padding).If(IfAtLeast, FirstOther, null, known);
            foreach (byte kind in s_kindsOfTcp)
                program.If(IfEqual, kind, known);
            program.Add(Return, SnapLength);
            program.At(padding).Add(FromX).Add(Plus, 1).GoTo(next);
            // A length below 2 breaks off the list.
            program.At(known).Add(LoadByteAtX, 1).If(IfAtLeast, 2, isLong);
            program.At(drop).Add(Return, 0);
            program.At(isLong).Add(PlusX).At(next);
        }
    }
}
