using System;
using System.IO;

namespace Toa.Tool.Capture.Files;

/// <summary>Reads the format pcap (draft-ietf-opsawg-pcap), in both byte orders, with microseconds or nanoseconds.</summary>
internal sealed class PcapReader : CaptureReader
{
    private const int HeaderSizeAfterMagic = 20, PacketHeaderSize = 16;
    private const ushort MajorVersion = 2;

    private readonly uint _unitsPerSecond;
    private readonly byte[] _header = new byte[PacketHeaderSize];
    private bool _isInside;

    /// <param name="stream">The file, behind its magic number.</param>
    /// <param name="isBigEndian">The byte order.</param>
    /// <param name="hasNanoseconds">The unit of times.</param>
    public PcapReader(Stream stream, bool isBigEndian, bool hasNanoseconds)
        : base(stream)
    {
        IsBigEndian = isBigEndian;
        _unitsPerSecond = hasNanoseconds ? 1_000_000_000U : 1_000_000;
    }

    protected override bool ReadNext()
    {
        if (!_isInside && !ReadHeader())
            return false;
        _isInside = true;
        int size = ReadUpTo(_header);
        if (size == 0)
            return false;
        if (size < _header.Length)
            return FailCutOff();
        Time = TimeOf(((ulong)UInt32(_header) * _unitsPerSecond) + UInt32(_header.AsSpan(4)), _unitsPerSecond);
        return ReadPacket(UInt32(_header.AsSpan(8)), UInt32(_header.AsSpan(12)));
    }

    private bool ReadHeader()
    {
        if (!Keep(HeaderSizeAfterMagic))
            return FailCutOff();
        ushort version = UInt16(Kept);
        if (version != MajorVersion)
            return Fail($"the version {version} of the format is not known");
        // The upper half has the size of frame check sequences.
        LinkType = (ushort)UInt32(Kept[16..]);
        return true;
    }
}
