using System;
using System.Buffers.Binary;
using System.Net;

namespace Toa.Tests.Support;

/// <summary>
/// The answer of a system call: an errno, the bytes that it writes, and the length that it returns. <c>default</c> is the
/// answer of a kernel without this socket option.
/// </summary>
internal readonly record struct Answer(int Errno, byte[] Bytes, int Length)
{
    public const int UnknownOption = 92;

    /// <summary>A failure that leaves garbage in the caller's buffer, which the kernel is allowed to do.</summary>
    public static Answer Failure(int errno)
    {
        byte[] garbage = new byte[28];
        Array.Fill(garbage, (byte)0x5a);
        return new Answer(errno, garbage, garbage.Length);
    }

    /// <summary>A struct toa_info, written by hand according to native/include/toa.h.</summary>
    public static Answer Info(
        int kind, int optionLength, IPEndPoint? client, IPEndPoint peer, int? format = null, IPEndPoint? virtualEnd = null,
        uint networkId = 0)
    {
        byte[] bytes = new byte[64];
        bytes[0] = (byte)kind;
        bytes[1] = (byte)optionLength;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)(client?.Port ?? 0));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(4), (ushort)peer.Port);
        client?.Address.MapToIPv6().GetAddressBytes().CopyTo(bytes, 8);
        peer.Address.MapToIPv6().GetAddressBytes().CopyTo(bytes, 24);
        virtualEnd?.Address.MapToIPv6().GetAddressBytes().CopyTo(bytes, 40);
        BitConverter.TryWriteBytes(bytes.AsSpan(56), networkId);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(60), (ushort)(virtualEnd?.Port ?? 0));
        bytes[62] = (byte)(format ?? (optionLength == 8 ? 1 : optionLength == 20 ? 2 : 0));
        return new Answer(0, bytes, bytes.Length);
    }

    /// <summary>A struct toa_nat64_peer, written by hand according to native/include/toa.h.</summary>
    public static Answer Nat64(IPAddress address, int port)
    {
        byte[] bytes = new byte[20];
        address.MapToIPv6().GetAddressBytes().CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(16), (ushort)port);
        return new Answer(0, bytes, bytes.Length);
    }

    /// <summary>A struct sockaddr_in.</summary>
    public static Answer IPv4(IPAddress address, int port)
    {
        byte[] bytes = new byte[16];
        BitConverter.TryWriteBytes(bytes, (ushort)2);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)port);
        address.GetAddressBytes().CopyTo(bytes, 4);
        return new Answer(0, bytes, bytes.Length);
    }

    /// <summary>A struct sockaddr_in6.</summary>
    public static Answer IPv6(IPAddress address, int port, uint scopeId = 0)
    {
        byte[] bytes = new byte[28];
        BitConverter.TryWriteBytes(bytes, (ushort)10);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)port);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), 0xdeadbeef); // flow information, which is ignored
        address.GetAddressBytes().CopyTo(bytes, 8);
        BitConverter.TryWriteBytes(bytes.AsSpan(24), scopeId);
        return new Answer(0, bytes, bytes.Length);
    }

    public int Give(Span<byte> buffer, out int length)
    {
        if (Bytes is null)
            return Failure(UnknownOption).Give(buffer, out length);
        ReadOnlySpan<byte> bytes = Bytes;
        bytes[..Math.Min(bytes.Length, buffer.Length)].CopyTo(buffer);
        length = Length;
        return Errno;
    }
}
