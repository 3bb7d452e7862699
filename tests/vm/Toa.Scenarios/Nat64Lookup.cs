using System;
using System.Buffers.Binary;
using System.Net;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios;

/// <summary>getsockopt 4096, with a check of every byte of its answer.</summary>
internal static class Nat64Lookup
{
    public const int Size = 20;

    public static (int Errno, IPEndPoint? Answer) Ask(PosixSocket socket, int size = Size)
    {
        var buffer = new byte[size];
        Array.Fill(buffer, (byte)0xee);
        int errno = socket.GetOption(4096, buffer, out uint length);
        if (errno != 0)
        {
            Expect.True(buffer.AsSpan().IndexOfAnyExcept((byte)0xee) < 0, "a failed getsockopt wrote into the buffer");
            return (errno, null);
        }
        Expect.Equal((uint)Size, length, "the length that getsockopt wrote back");
        Expect.Equal(0, BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(18)), "the padding behind the port");
        Expect.True(buffer.AsSpan(Size).IndexOfAnyExcept((byte)0xee) < 0, "getsockopt wrote more than its 20 bytes");
        return (0, new IPEndPoint(new IPAddress(buffer.AsSpan(0, 16)), BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(16))));
    }
}
