using System;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Toa.Scenarios.Posix;

/// <summary>sockaddr_in and sockaddr_in6, as bytes. IPv4-mapped addresses stay as they are.</summary>
internal static class SocketAddress
{
    public const int MaxSize = 28;

    public static byte[] Write(IPEndPoint endPoint)
    {
        bool ipv4 = endPoint.AddressFamily == AddressFamily.InterNetwork;
        var bytes = new byte[ipv4 ? 16 : 28];
        BitConverter.TryWriteBytes(bytes, (ushort)(ipv4 ? Libc.AF_INET : Libc.AF_INET6));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)endPoint.Port);
        endPoint.Address.TryWriteBytes(bytes.AsSpan(ipv4 ? 4 : 8), out _);
        return bytes;
    }

    public static IPEndPoint Read(ReadOnlySpan<byte> bytes)
    {
        int port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return BitConverter.ToUInt16(bytes) switch
        {
            Libc.AF_INET => new IPEndPoint(new IPAddress(bytes.Slice(4, 4)), port),
            Libc.AF_INET6 => new IPEndPoint(new IPAddress(bytes.Slice(8, 16)), port),
            var family => throw new InvalidOperationException($"a socket address of family {family}"),
        };
    }
}
