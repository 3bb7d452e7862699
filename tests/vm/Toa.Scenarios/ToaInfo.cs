using System;
using System.Buffers.Binary;
using System.Net;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios;

/// <summary>getsockopt 4097: struct toa_info.</summary>
internal sealed record ToaInfo(byte Kind, byte Length, IPEndPoint Client, IPEndPoint Peer)
{
    public const int Size = 40;

    public static (int Errno, ToaInfo? Answer) Ask(PosixSocket socket)
    {
        var buffer = new byte[64];
        Array.Fill(buffer, (byte)0xee);
        int errno = socket.GetOption(4097, buffer, out uint length);
        if (errno != 0)
            return (errno, null);
        Expect.Equal((uint)Size, length, "the length of toa_info");
        Expect.True(buffer.AsSpan(Size).IndexOfAnyExcept((byte)0xee) < 0, "toa_info wrote behind its end");
        Expect.Equal(0, BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(6)), "the reserved bytes");
        return (0, new ToaInfo(buffer[0], buffer[1], EndPoint(buffer, 8, 2), EndPoint(buffer, 24, 4)));
    }

    private static IPEndPoint EndPoint(byte[] buffer, int address, int port)
    {
        var ip = new IPAddress(buffer.AsSpan(address, 16));
        return new IPEndPoint(ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip, BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(port)));
    }
}
