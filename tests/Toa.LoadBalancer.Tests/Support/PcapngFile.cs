using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text;
using FluentAssertions;

namespace Toa.LoadBalancing.Tests.Support;

/// <summary>A packet of a pcapng file.</summary>
/// <param name="Interface">The name of its interface.</param>
/// <param name="Time">When it passed.</param>
/// <param name="IsSent">Whether its direction is outbound.</param>
/// <param name="Bytes">The packet.</param>
/// <param name="Comment">Its comment, or null.</param>
internal sealed record PcapngPacket(string Interface, DateTime Time, bool IsSent, byte[] Bytes, string? Comment);

/// <summary>Reads a pcapng file by the text of the specification. Reading it checks the structure of all blocks.</summary>
internal static class PcapngFile
{
    public static List<PcapngPacket> Read(byte[] file)
    {
        List<string> interfaces = [];
        List<PcapngPacket> packets = [];
        for (int at = 0; at < file.Length;)
        {
            uint type = Read32(file, at);
            int length = (int)Read32(file, at + 4);
            (length % 4).Should().Be(0);
            Read32(file, at + length - 4).Should().Be((uint)length, "a block ends with its length");
            ReadOnlySpan<byte> body = file.AsSpan(at + 8, length - 12);
            switch (type)
            {
                case 0x0a0d0d0a:
                    at.Should().Be(0);
                    Read32(body, 0).Should().Be(0x1a2b3c4d);
                    Read32(body, 4).Should().Be(1, "the version is 1.0");
                    break;
                case 1:
                    Read32(body, 0).Should().Be(101, "packets begin with the IP header");
                    interfaces.Add(Encoding.UTF8.GetString(Options(body[8..])[2]));
                    break;
                case 6:
                    packets.Add(ReadPacket(body, interfaces));
                    break;
                default:
                    throw new InvalidDataException($"A block of type {type}.");
            }

            at += length;
        }

        return packets;
    }

    private static PcapngPacket ReadPacket(ReadOnlySpan<byte> body, List<string> interfaces)
    {
        int length = (int)Read32(body, 12);
        Read32(body, 16).Should().Be((uint)length, "packets are complete");
        long time = ((long)Read32(body, 4) << 32) | Read32(body, 8);
        Dictionary<ushort, byte[]> options = Options(body[(20 + Padded(length))..]);
        return new PcapngPacket(
            interfaces[(int)Read32(body, 0)],
            DateTime.UnixEpoch.AddMicroseconds(time),
            (Read32(options[2], 0) & 3) == 2,
            body.Slice(20, length).ToArray(),
            options.TryGetValue(1, out byte[]? comment) ? Encoding.UTF8.GetString(comment) : null);
    }

    private static Dictionary<ushort, byte[]> Options(ReadOnlySpan<byte> bytes)
    {
        Dictionary<ushort, byte[]> options = [];
        for (int at = 0; ;)
        {
            ushort code = BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
            int length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(at + 2)..]);
            if (code == 0)
            {
                (at + 4).Should().Be(bytes.Length, "nothing follows the end of the options");
                return options;
            }

            options.Add(code, bytes.Slice(at + 4, length).ToArray());
            at += 4 + Padded(length);
        }
    }

    private static int Padded(int length) => (length + 3) & ~3;

    private static uint Read32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}
