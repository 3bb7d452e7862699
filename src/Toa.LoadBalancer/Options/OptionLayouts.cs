using System;
using System.Buffers.Binary;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Options;

/// <summary>
/// The layouts of TOA options. Values are in network byte order, except where a comment says little-endian. Offsets count
/// from the kind.
/// </summary>
internal static class OptionLayouts
{
    private const byte AkamaiVersion = 1;

    public static void Client(Span<byte> option, in ToaOptionValues values) => WritePortAndAddress(option, values.Client);

    /// <summary>A companion of an option with a client.</summary>
    public static void VirtualAddress(Span<byte> option, in ToaOptionValues values) =>
        WritePortAndAddress(option, values.VirtualAddress);

    /// <summary>A companion of an option with a client: the id of the VPC, little-endian.</summary>
    public static void NetworkId(Span<byte> option, in ToaOptionValues values) =>
        BinaryPrimitives.WriteUInt32LittleEndian(option[2..], values.NetworkId);

    /// <summary>The id of the VPC is little-endian.</summary>
    public static void AlibabaVpc(Span<byte> option, in ToaOptionValues values)
    {
        WritePortAndAddress(option, values.Client);
        BinaryPrimitives.WriteUInt32LittleEndian(option[8..], values.NetworkId);
        WriteAddress(option[12..], values.VirtualAddress);
        WritePort(option[16..], values.VirtualAddress);
    }

    /// <summary>The id of the VPC has 24 bits. A reserved byte follows it.</summary>
    public static void AlibabaDdos(Span<byte> option, in ToaOptionValues values)
    {
        WritePortAndAddress(option, values.Client);
        BinaryPrimitives.WriteUInt32BigEndian(option[20..], values.NetworkId << 8);
        WriteAddress(option[24..], values.VirtualAddress);
    }

    public static void ByteDance(Span<byte> option, in ToaOptionValues values)
    {
        WritePortAndAddress(option, values.Client);
        WritePort(option[10..], values.VirtualAddress);
        WriteAddress(option[12..], values.VirtualAddress);
    }

    /// <summary>A version and an address, without a port.</summary>
    public static void Akamai(Span<byte> option, in ToaOptionValues values)
    {
        option[2] = AkamaiVersion;
        WriteAddress(option[3..], values.Client);
    }

    private static void WritePortAndAddress(Span<byte> option, in TransportAddress value)
    {
        WritePort(option[2..], value);
        WriteAddress(option[4..], value);
    }

    private static void WritePort(Span<byte> destination, in TransportAddress value) =>
        BinaryPrimitives.WriteUInt16BigEndian(destination, value.Port);

    private static void WriteAddress(Span<byte> destination, in TransportAddress value)
    {
        if (value.IsIPv4)
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)value.Address);
        else
            BinaryPrimitives.WriteUInt128BigEndian(destination, value.Address);
    }
}
