using System;
using System.Buffers.Binary;
using System.IO;
using System.Text;

namespace Toa.LoadBalancing.Capture;

/// <summary>
/// Writes a capture in the format pcapng (draft-ietf-opsawg-pcapng), little-endian, of packets that begin with the IP header.
/// </summary>
internal sealed class PcapngWriter : IDisposable
{
    private const uint SectionHeader = 0x0a0d0d0a, InterfaceDescription = 1, EnhancedPacket = 6;
    private const uint ByteOrderMagic = 0x1a2b3c4d;
    private const ushort RawLink = 101;
    private const ushort EndOfOptions = 0, Comment = 1, InterfaceName = 2, Flags = 2, InterfaceDescriptionText = 3, Application = 4;
    private const uint Inbound = 1, Outbound = 2;
    private const int FlushFrom = 1 << 20;

    private readonly Stream _stream;
    private readonly MemoryStream _blocks = new();
    private readonly BinaryWriter _writer;
    private int _start;
    private long _complete;

    /// <param name="stream">Where it writes. It disposes of it.</param>
    public PcapngWriter(Stream stream)
    {
        _stream = stream;
        _writer = new BinaryWriter(_blocks);
    }

    public void WriteSection(string application)
    {
        Begin(SectionHeader);
        _writer.Write(ByteOrderMagic);
        _writer.Write((ushort)1);
        _writer.Write((ushort)0);
        // The length of the section is not known.
        _writer.Write(uint.MaxValue);
        _writer.Write(uint.MaxValue);
        WriteOption(Application, application);
        End();
    }

    /// <summary>The first interface gets the number 0.</summary>
    public void WriteInterface(string name, string description)
    {
        Begin(InterfaceDescription);
        _writer.Write(RawLink);
        _writer.Write((ushort)0);
        // No limit: the length of a packet says whether it is complete.
        _writer.Write(0);
        WriteOption(InterfaceName, name);
        WriteOption(InterfaceDescriptionText, description);
        End();
    }

    /// <param name="link">The number of the interface.</param>
    /// <param name="time">Microseconds since 1970.</param>
    /// <param name="isSent">Whether the balancer has sent the packet, not received it.</param>
    /// <param name="packet">The packet, or its first bytes.</param>
    /// <param name="comment">A text, or empty.</param>
    /// <param name="originalLength">The length of the whole packet; 0 if these are all its bytes.</param>
    public void WritePacket(int link, long time, bool isSent, ReadOnlySpan<byte> packet, string comment, int originalLength = 0)
    {
        Begin(EnhancedPacket);
        _writer.Write(link);
        _writer.Write((uint)(time >> 32));
        _writer.Write((uint)time);
        _writer.Write(packet.Length);
        _writer.Write(Math.Max(originalLength, packet.Length));
        WritePadded(packet);
        _writer.Write(Flags);
        _writer.Write((ushort)sizeof(uint));
        _writer.Write(isSent ? Outbound : Inbound);
        if (comment.Length > 0)
            WriteOption(Comment, comment);
        End();
        if (_blocks.Length >= FlushFrom)
            Flush();
    }

    /// <exception cref="IOException">The disk is full, or has another problem. What was written before stays readable.</exception>
    public void Flush()
    {
        try
        {
            _stream.Write(_blocks.GetBuffer().AsSpan(0, (int)_blocks.Length));
            _stream.Flush();
            _complete += _blocks.Length;
        }
        catch (IOException)
        {
            RemoveIncomplete();
            throw;
        }
        finally
        {
            _blocks.SetLength(0);
        }
    }

    public void Dispose()
    {
        _writer.Dispose();
        _stream.Dispose();
    }

    private static int LengthOf(ReadOnlySpan<byte> block) => BinaryPrimitives.ReadInt32LittleEndian(block[sizeof(uint)..]);

    /// <summary>Removes the block that was written in part.</summary>
    private void RemoveIncomplete()
    {
        try
        {
            long length = _stream.Length;
            ReadOnlySpan<byte> left = _blocks.GetBuffer().AsSpan(0, (int)_blocks.Length);
            while (!left.IsEmpty && _complete + LengthOf(left) <= length)
            {
                _complete += LengthOf(left);
                left = left[LengthOf(left)..];
            }

            _stream.SetLength(_complete);
        }
        catch (Exception exception) when (exception is IOException or NotSupportedException)
        {
            // A device or a pipe: nothing can be removed from it.
        }
    }

    private void Begin(uint type)
    {
        _start = (int)_blocks.Length;
        _writer.Write(type);
        // The length, which End writes.
        _writer.Write(0);
    }

    private void End()
    {
        _writer.Write(EndOfOptions);
        _writer.Write((ushort)0);
        int length = (int)_blocks.Length - _start + sizeof(int);
        _writer.Write(length);
        BinaryPrimitives.WriteInt32LittleEndian(_blocks.GetBuffer().AsSpan(_start + sizeof(uint)), length);
    }

    private void WriteOption(ushort code, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        _writer.Write(code);
        _writer.Write((ushort)bytes.Length);
        WritePadded(bytes);
    }

    private void WritePadded(ReadOnlySpan<byte> bytes)
    {
        _writer.Write(bytes);
        for (int i = bytes.Length; i % 4 != 0; i++)
            _writer.Write((byte)0);
    }
}
