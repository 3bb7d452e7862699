using System;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Toa.Injector.Packets;

/// <summary>
/// A 4-tuple, from the view of a packet's sender. IPv4 addresses are kept in their mapped form (::ffff:a.b.c.d). No packet on a
/// wire uses this form, so one key works for both versions.
/// </summary>
internal readonly record struct TcpFlow(
    UInt128 SourceAddress, ushort SourcePort, UInt128 DestinationAddress, ushort DestinationPort)
{
    private const ulong MappedPrefix = 0xffff;

    internal bool IsIPv4 => SourceAddress >> 32 == MappedPrefix;

    internal int IpHeaderLength => IsIPv4 ? 20 : 40;

    internal IPEndPoint Source => new(AddressFrom(SourceAddress), SourcePort);

    internal IPEndPoint Destination => new(AddressFrom(DestinationAddress), DestinationPort);

    internal static TcpFlow Between(IPEndPoint source, IPEndPoint destination)
    {
        TcpFlow flow = new(
            ToInteger(source.Address), (ushort)source.Port, ToInteger(destination.Address), (ushort)destination.Port);
        if (flow.IsIPv4 != flow.Reverse().IsIPv4)
            throw new ArgumentException($"{source} and {destination} are not of one address family.");
        return flow;
    }

    internal static UInt128 FromIPv4(ReadOnlySpan<byte> address) =>
        new(0, (MappedPrefix << 32) | BinaryPrimitives.ReadUInt32BigEndian(address));

    internal TcpFlow Reverse() => new(DestinationAddress, DestinationPort, SourceAddress, SourcePort);

    private static UInt128 ToInteger(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetwork
            ? FromIPv4(bytes)
            : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private static IPAddress AddressFrom(UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return new IPAddress(value >> 32 == MappedPrefix ? bytes[12..] : bytes);
    }
}
