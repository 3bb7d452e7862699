using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;

namespace Toa.Tool.Capture.Files;

/// <summary>Reads the format pcapng (draft-ietf-opsawg-pcapng), in both byte orders, with several sections.</summary>
internal sealed class PcapngReader(Stream stream) : CaptureReader(stream)
{
    private const uint SectionHeader = 0x0a0d0d0a, InterfaceDescription = 1, OldPacket = 2, SimplePacket = 3, EnhancedPacket = 6;
    private const uint ByteOrderMagic = 0x1a2b3c4d;
    private const ushort MajorVersion = 1;
    private const ushort EndOfOptions = 0, TimeResolution = 9, TimeOffset = 14;

    // Type, length, and the length again at the end.
    private const uint BlockFrame = 12;
    private const uint MostBlockSize = 64 << 20;
    private const int PacketHeaderSize = 20, InterfaceHeaderSize = 8;

    // Each one is in the memory.
    private const int MostInterfaces = 10_000;

    private readonly List<Interface> _interfaces = [];
    private bool _isInside;

    protected override bool ReadNext()
    {
        Span<byte> frame = stackalloc byte[8];
        while (true)
        {
            uint type = SectionHeader;
            if (_isInside)
            {
                int size = ReadUpTo(frame);
                if (size == 0)
                    return false;
                if (size < frame.Length)
                    return FailCutOff();
                type = UInt32(frame);
            }
            else if (!TryRead(frame[4..])) // CaptureReader.Open has read the type
            {
                return FailCutOff();
            }

            // The same in both byte orders.
            if (type == SectionHeader)
            {
                if (!BeginSection(frame[4..]))
                    return false;
                continue;
            }

            uint length = UInt32(frame[4..]);
            if (!IsPossible(length))
                return Fail($"a block has the length {length}, which is not possible");
            uint body = length - BlockFrame;
            bool isPacket = type is EnhancedPacket or SimplePacket or OldPacket;
            bool isRead = isPacket ? ReadPacketBlock(type, body)
                : type == InterfaceDescription ? ReadInterface(body)
                : Skip(body) || FailCutOff();
            if (!isRead || !EndBlock(length))
                return false;
            if (isPacket)
                return true;
        }
    }

    private static bool IsPossible(uint length) => length is >= BlockFrame and <= MostBlockSize && length % 4 == 0;

    private bool BeginSection(ReadOnlySpan<byte> lengthBytes)
    {
        _isInside = true;
        _interfaces.Clear();
        Span<byte> start = stackalloc byte[16]; // magic, version, length of the section
        if (!TryRead(start))
            return FailCutOff();
        IsBigEndian = BinaryPrimitives.ReadUInt32BigEndian(start) == ByteOrderMagic;
        if (UInt32(start) != ByteOrderMagic)
            return Fail($"a section has no byte order");
        uint length = UInt32(lengthBytes);
        if (!IsPossible(length) || length < BlockFrame + start.Length)
            return Fail($"a block has the length {length}, which is not possible");
        ushort version = UInt16(start[4..]);
        if (version != MajorVersion)
            return Fail($"the version {version} of the format is not known");
        return Skip(length - BlockFrame - (uint)start.Length) ? EndBlock(length) : FailCutOff();
    }

    private bool EndBlock(uint length)
    {
        Span<byte> end = stackalloc byte[4];
        if (!TryRead(end))
            return FailCutOff();
        return UInt32(end) == length || Fail($"a block has the length {length} at its start and {UInt32(end)} at its end");
    }

    private bool ReadInterface(uint body)
    {
        if (body < InterfaceHeaderSize)
            return Fail($"the description of an interface is too short");
        if (_interfaces.Count == MostInterfaces)
            return Fail($"a section has more than {MostInterfaces} interfaces");
        if (!Keep(body))
            return FailCutOff();
        Interface added = new(UInt16(Kept), UInt32(Kept[4..]), 1_000_000, 0);
        ReadOnlySpan<byte> options = Kept[InterfaceHeaderSize..];
        while (options.Length >= 4 && UInt16(options) != EndOfOptions)
        {
            ushort code = UInt16(options);
            int length = UInt16(options[2..]);
            int padded = 4 + ((length + 3) & ~3);
            if (padded > options.Length)
                break;
            ReadOnlySpan<byte> value = options.Slice(4, length);
            if (code == TimeResolution && length == 1)
                added = added with { UnitsPerSecond = UnitsOf(value[0]) };
            else if (code == TimeOffset && length == 8)
                added = added with { OffsetSeconds = OffsetOf(value) };
            options = options[padded..];
        }

        _interfaces.Add(added);
        return true;
    }

    private long OffsetOf(ReadOnlySpan<byte> value) =>
        IsBigEndian ? BinaryPrimitives.ReadInt64BigEndian(value) : BinaryPrimitives.ReadInt64LittleEndian(value);

    /// <returns>0 if it is finer than any clock: then times are not known.</returns>
    private static UInt128 UnitsOf(byte resolution)
    {
        int exponent = resolution & 0x7f;
        if ((resolution & 0x80) != 0)
            return exponent < 64 ? UInt128.One << exponent : 0;
        UInt128 units = exponent < 20 ? UInt128.One : UInt128.Zero;
        for (int i = 0; i < exponent && units != 0; i++)
            units *= 10;
        return units;
    }

    private bool ReadPacketBlock(uint type, uint body)
    {
        Span<byte> header = stackalloc byte[PacketHeaderSize];
        header = type == SimplePacket ? header[..4] : header;
        if (body < header.Length)
            return Fail($"its block is too short");
        if (!TryRead(header))
            return FailCutOff();
        // The old block has the number of the interface and a counter.
        uint number = type == EnhancedPacket ? UInt32(header) : type == OldPacket ? UInt16(header) : 0U;
        if (number >= _interfaces.Count)
            return Fail($"it has the interface {number}, which the file does not describe");
        Interface from = _interfaces[(int)number];
        LinkType = from.LinkType;
        uint most = body - (uint)header.Length;
        uint size, original;
        if (type == SimplePacket)
        {
            Time = null;
            original = UInt32(header);
            size = Math.Min(Math.Min(original, from.SnapLength == 0 ? uint.MaxValue : from.SnapLength), most);
        }
        else
        {
            ulong time = ((ulong)UInt32(header[4..]) << 32) | UInt32(header[8..]);
            Time = from.UnitsPerSecond == 0 ? null : TimeOf(time, from.UnitsPerSecond, from.OffsetSeconds);
            size = UInt32(header[12..]);
            original = UInt32(header[16..]);
        }

        if (size > most)
            return Fail($"its length of {size} bytes is not possible");
        return ReadPacket(size, original) && (Skip(most - size) || FailCutOff());
    }

    private readonly record struct Interface(int LinkType, uint SnapLength, UInt128 UnitsPerSecond, long OffsetSeconds);
}
