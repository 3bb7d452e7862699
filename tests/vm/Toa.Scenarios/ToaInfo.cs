using System;
using System.Buffers.Binary;
using System.Net;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios;

/// <summary>
/// getsockopt 4097: struct toa_info. What is not known is <see cref="NoEndPoint"/>, or 0.
/// </summary>
internal sealed record ToaInfo(
    byte Kind, byte Length, IPEndPoint Client, IPEndPoint Peer, byte Format, IPEndPoint Virtual, uint NetworkId)
{
    public const int Size = 64;

    /// <summary>Of an option with a port and an address.</summary>
    public ToaInfo(byte kind, byte length, IPEndPoint client, IPEndPoint peer)
        : this(kind, length, client, peer, length switch { 8 => 1, 20 => 2, _ => 0 }, NoEndPoint, 0)
    {
    }

    public static IPEndPoint NoEndPoint { get; } = new(IPAddress.IPv6Any, 0);

    public static (int Errno, ToaInfo? Answer) Ask(PosixSocket socket)
    {
        var buffer = new byte[Size + 24];
        Array.Fill(buffer, (byte)0xee);
        int errno = socket.GetOption(4097, buffer, out uint length);
        if (errno != 0)
            return (errno, null);
        Expect.Equal((uint)Size, length, "the length of toa_info");
        Expect.True(buffer.AsSpan(Size).IndexOfAnyExcept((byte)0xee) < 0, "toa_info wrote behind its end");
        Expect.Equal(0, BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(6)), "the reserved bytes");
        Expect.Equal(0, buffer[63], "the reserved byte");
        return (0, new ToaInfo(
            buffer[0], buffer[1], EndPoint(buffer, 8, 2), EndPoint(buffer, 24, 4), buffer[62], EndPoint(buffer, 40, 60),
            BitConverter.ToUInt32(buffer, 56)));
    }

    private static IPEndPoint EndPoint(byte[] buffer, int address, int port)
    {
        var ip = new IPAddress(buffer.AsSpan(address, 16));
        return new IPEndPoint(ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip, BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(port)));
    }
}
