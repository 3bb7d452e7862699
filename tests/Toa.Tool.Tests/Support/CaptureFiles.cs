using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Toa.LoadBalancing.Capture;

namespace Toa.Tool.Tests.Support;

/// <summary>Capture files, byte for byte.</summary>
internal static class CaptureFiles
{
    public const int Ethernet = 1, Raw = 101;

    /// <summary>A capture file in the format pcap.</summary>
    public static byte[] Pcap(
        IEnumerable<byte[]> packets, int linkType = Raw, bool isBigEndian = false, bool hasNanoseconds = false, int snapLength = 65535)
    {
        List<byte> file = [];
        void Add(params uint[] words) => file.AddRange(words.SelectMany(word => Word(word, isBigEndian)));
        Add(hasNanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
        file.AddRange(isBigEndian ? [0, 2, 0, 4] : [2, 0, 4, 0]);
        Add(0, 0, (uint)snapLength, (uint)linkType);
        foreach (byte[] packet in packets)
        {
            byte[] kept = [.. packet.Take(snapLength)];
            Add(1_700_000_000, hasNanoseconds ? 123_456_700U : 123_456, (uint)kept.Length, (uint)packet.Length);
            file.AddRange(kept);
        }

        return [.. file];
    }

    /// <summary>A section of the format pcapng with one interface, and all blocks that have packets.</summary>
    public static byte[] Pcapng(IEnumerable<byte[]> packets, int linkType = Raw, bool isBigEndian = false)
    {
        byte[] Words(params uint[] words) => [.. words.SelectMany(word => Word(word, isBigEndian))];
        byte[] Block(uint type, byte[] body)
        {
            byte[] padded = [.. body, .. new byte[(4 - body.Length % 4) % 4]];
            uint length = (uint)padded.Length + 12;
            return [.. Words(type, length), .. padded, .. Words(length)];
        }

        byte[] Halves(ushort first, ushort second) => isBigEndian
            ? [(byte)(first >> 8), (byte)first, (byte)(second >> 8), (byte)second]
            : [(byte)first, (byte)(first >> 8), (byte)second, (byte)(second >> 8)];

        const ulong Nanoseconds = 1_700_000_000_123_456_700;
        List<byte> file =
        [
            .. Block(0x0a0d0d0a, [.. Words(0x1a2b3c4d), .. Halves(1, 0), .. Words(uint.MaxValue, uint.MaxValue)]),
            // With nanoseconds, and an option of another kind before.
            .. Block(1, [.. Halves((ushort)linkType, 0), .. Words(0), .. Halves(2, 3), .. "lo0\0"u8, .. Halves(9, 1), 9, 0, 0, 0, .. Halves(0, 0)]),
            // A block without packets: statistics.
            .. Block(5, new byte[12]),
        ];
        int number = 0;
        foreach (byte[] packet in packets)
        {
            uint size = (uint)packet.Length;
            uint[] time = [(uint)(Nanoseconds >> 32), unchecked((uint)Nanoseconds)];
            file.AddRange((number++ % 3) switch
            {
                0 => Block(6, [.. Words(0, time[0], time[1], size, size), .. packet]),
                1 => Block(2, [.. Words(0, time[0], time[1], size, size), .. packet]),
                _ => Block(3, [.. Words(size), .. packet]),
            });
        }

        return [.. file];
    }

    /// <summary>A capture file as the balancer writes it.</summary>
    public static byte[] OfBalancer(IEnumerable<byte[]> packets)
    {
        using MemoryStream file = new();
        using PcapngWriter writer = new(file);
        writer.WriteSection("toa");
        writer.WriteInterface("servers", "");
        foreach (byte[] packet in packets)
            writer.WritePacket(0, 1_700_000_000_123_456, isSent: false, packet, "");
        writer.Flush();
        return file.ToArray();
    }

    /// <summary>A packet behind a link header.</summary>
    public static byte[] Link(int linkType, byte[] packet, params byte[] tags)
    {
        byte[] protocol = packet[0] >> 4 == 4 ? [8, 0] : [0x86, 0xdd];
        byte[] tagged = tags.Length == 0 ? protocol : [.. tags, .. protocol];
        byte[] header = linkType switch
        {
            0 => [2, 0, 0, 0],
            108 => [0, 0, 0, 2],
            1 => [.. new byte[12], .. tagged],
            113 => [.. new byte[14], .. tagged],
            276 => [.. tagged[..2], .. new byte[18], .. tagged[2..]],
            _ => [],
        };
        return [.. header, .. packet];
    }

    private static byte[] Word(uint word, bool isBigEndian)
    {
        byte[] bytes = new byte[4];
        if (isBigEndian)
            BinaryPrimitives.WriteUInt32BigEndian(bytes, word);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, word);
        return bytes;
    }
}
