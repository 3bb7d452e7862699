using System;
using System.Buffers.Binary;
using System.IO;
using Toa.Tool.Language;

namespace Toa.Tool.Capture.Files;

/// <summary>
/// Reads the packets of a capture file, one at a time. The file may be cut off or hostile: reading then ends with a
/// <see cref="Problem"/>, and never with an exception.
/// </summary>
/// <remarks>The memory that it uses does not depend on the file: only the first bytes of a packet are kept.</remarks>
internal abstract class CaptureReader(Stream stream) : IDisposable
{
    /// <summary>The first bytes of a packet that are kept: more than all headers.</summary>
    protected const int MostKept = 2048;

    // Captures have at most 256 KiB for a packet. A larger length is a damaged file: skipping it would hide the damage.
    private const uint MostPacketSize = 16 << 20;

    private const uint Pcap = 0xa1b2c3d4, PcapNanoseconds = 0xa1b23c4d, Pcapng = 0x0a0d0d0a;
    private const ushort Gzip = 0x1f8b;

    private readonly byte[] _kept = new byte[MostKept];
    private readonly byte[] _skipped = new byte[16 << 10];

    /// <summary>The number of packets up to now: the number of the current one, as Wireshark shows it.</summary>
    public long Number { get; private set; }

    /// <summary>Why reading ended before the end of the file; null if it did not.</summary>
    public Message? Problem { get; private set; }

    /// <summary>The link type of the current packet: a LINKTYPE_… number.</summary>
    public int LinkType { get; protected set; }

    /// <summary>When the current packet was captured; null if the file does not say it.</summary>
    public DateTime? Time { get; protected set; }

    /// <summary>The current packet from its link header on, or its first bytes.</summary>
    public ReadOnlySpan<byte> Packet => _kept.AsSpan(0, KeptSize);

    /// <summary>Whether the file does not have the whole packet.</summary>
    public bool IsCut { get; private set; }

    protected bool IsBigEndian { get; set; }

    protected int KeptSize { get; private set; }

    protected Span<byte> Kept => _kept.AsSpan(0, KeptSize);

    /// <exception cref="ToolException">It is not a capture file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static CaptureReader Open(Stream stream, string name)
    {
        Span<byte> start = stackalloc byte[4];
        int size = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (size == 0)
            throw new ToolException($"{name} is empty. Use a file of tcpdump -w, dumpcap or Wireshark.");
        if (size >= sizeof(ushort) && BinaryPrimitives.ReadUInt16BigEndian(start) == Gzip)
            throw new ToolException($"{name} is compressed. Unpack it first: zcat {name} | toa decode -");
        uint big = BinaryPrimitives.ReadUInt32BigEndian(start), little = BinaryPrimitives.ReadUInt32LittleEndian(start);
        CaptureReader? reader = size < start.Length ? null
            : big == Pcapng ? new PcapngReader(stream)
            : big is Pcap or PcapNanoseconds ? new PcapReader(stream, isBigEndian: true, big == PcapNanoseconds)
            : little is Pcap or PcapNanoseconds ? new PcapReader(stream, isBigEndian: false, little == PcapNanoseconds)
            : null;
        return reader ?? throw new ToolException(
            $"{name} is not a capture: it begins with the bytes {Convert.ToHexStringLower(start[..size])}. Use a file in the format pcap "
            + $"or pcapng, for example of tcpdump -w, dumpcap or Wireshark.");
    }

    /// <summary>Reads the next packet.</summary>
    /// <returns>False at the end of the file, and after a <see cref="Problem"/>.</returns>
    public bool Read()
    {
        if (Problem is not null)
            return false;
        try
        {
            return ReadNext();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail($"the file cannot be read: {e.Message.TrimEnd('.')}");
        }
    }

    public void Dispose() => stream.Dispose();

    protected abstract bool ReadNext();

    /// <summary>Ends reading, with what is wrong with the file.</summary>
    /// <returns>False.</returns>
    protected bool Fail(Message problem)
    {
        Problem = problem;
        return false;
    }

    protected bool FailCutOff() => Fail($"the file is cut off");

    /// <summary>Reads the bytes of a packet.</summary>
    /// <param name="size">Its size in the file.</param>
    /// <param name="originalSize">Its size on the wire.</param>
    protected bool ReadPacket(uint size, uint originalSize)
    {
        if (size > MostPacketSize)
            return Fail($"its length of {size} bytes is not possible");
        if (!Keep(size))
            return FailCutOff();
        Number++;
        IsCut = size < originalSize;
        return true;
    }

    /// <summary>Reads bytes, of which the first <see cref="MostKept"/> are in <see cref="Kept"/>.</summary>
    /// <returns>False if the file ends before.</returns>
    protected bool Keep(uint size)
    {
        KeptSize = (int)Math.Min(size, MostKept);
        return TryRead(Kept) && Skip(size - (uint)KeptSize);
    }

    protected bool TryRead(Span<byte> bytes) => ReadUpTo(bytes) == bytes.Length;

    protected int ReadUpTo(Span<byte> bytes) => stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);

    protected bool Skip(uint size)
    {
        while (size > 0)
        {
            Span<byte> part = _skipped.AsSpan(0, (int)Math.Min(size, (uint)_skipped.Length));
            if (!TryRead(part))
                return false;
            size -= (uint)part.Length;
        }

        return true;
    }

    protected uint UInt32(ReadOnlySpan<byte> bytes) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    protected ushort UInt16(ReadOnlySpan<byte> bytes) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    /// <summary>A time in units of a second's fraction since 1970; null if it is not a time that .NET has.</summary>
    protected static DateTime? TimeOf(UInt128 units, UInt128 unitsPerSecond, long offsetSeconds = 0)
    {
        UInt128 ticks = units * TimeSpan.TicksPerSecond / unitsPerSecond;
        Int128 all = (Int128)ticks + ((Int128)offsetSeconds * TimeSpan.TicksPerSecond);
        return all < 0 || all > (DateTime.MaxValue - DateTime.UnixEpoch).Ticks
            ? null
            : DateTime.UnixEpoch.AddTicks((long)all);
    }
}
