using System;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Toa.Injector;

/// <summary>
/// Bytes for the option part of a TCP header, correct or not: an immutable sequence, built with <see cref="op_Addition"/> and
/// the padding methods. They are checked only when they are sent.
/// </summary>
/// <example>
/// <code>
/// OptionBytes.Toa(client)                                  // 200/8 or 253/20, by the address's family
/// OptionBytes.Raw(200, 0).PadAfter()                       // length 0, then two NOPs
/// OptionBytes.Raw(253).PadBefore()                         // three NOPs, the kind is the last byte
/// OptionBytes.ToaIPv4(forged) + OptionBytes.ToaIPv6(real)  // two options
/// </code>
/// </example>
public sealed class OptionBytes
{
    /// <summary>The most option bytes that a TCP header holds.</summary>
    public const int MaxLength = 40;

    private const byte NopKind = 1;

    private readonly byte[] _bytes;

    private OptionBytes(params byte[] bytes) => _bytes = bytes;

    /// <summary>No bytes: replaces an option that would be sent by default.</summary>
    public static OptionBytes None { get; } = new();

    /// <summary>The number of bytes.</summary>
    public int Length => _bytes.Length;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => _bytes;

    /// <summary>A client's address in the format of its family: <see cref="ToaIPv4"/> or <see cref="ToaIPv6"/>.</summary>
    public static OptionBytes Toa(IPEndPoint client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client.AddressFamily == AddressFamily.InterNetwork ? ToaIPv4(client) : ToaIPv6(client);
    }

    /// <summary>The hybrid cloud's option: kind, length 8, port and IPv4 address in network order.</summary>
    public static OptionBytes ToaIPv4(IPEndPoint client, byte kind = 200) =>
        Address(client, AddressFamily.InterNetwork, kind, length: 8);

    /// <summary>NAT64's option: kind, length 20, port and IPv6 address in network order.</summary>
    public static OptionBytes ToaIPv6(IPEndPoint client, byte kind = 253) =>
        Address(client, AddressFamily.InterNetworkV6, kind, length: 20);

    /// <summary>Exactly these bytes.</summary>
    public static OptionBytes Raw(params ReadOnlySpan<byte> bytes) => new(bytes.ToArray());

    /// <summary>Maximum segment size: 4 bytes.</summary>
    public static OptionBytes Mss(ushort size) => new(2, 4, (byte)(size >> 8), (byte)size);

    /// <summary>Timestamps: 10 bytes, without the two NOPs that usually precede them.</summary>
    public static OptionBytes Timestamps(uint value, uint echoReply)
    {
        byte[] bytes = new byte[10];
        bytes[0] = 8;
        bytes[1] = 10;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(2), value);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(6), echoReply);
        return new OptionBytes(bytes);
    }

    /// <summary>No-operation bytes.</summary>
    public static OptionBytes Nop(int count = 1)
    {
        byte[] bytes = new byte[count];
        bytes.AsSpan().Fill(NopKind);
        return new OptionBytes(bytes);
    }

    /// <summary>Appends the right bytes to the left ones.</summary>
    public static OptionBytes operator +(OptionBytes left, OptionBytes right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new OptionBytes([.. left._bytes, .. right._bytes]);
    }

    /// <inheritdoc cref="op_Addition"/>
    public static OptionBytes Add(OptionBytes left, OptionBytes right) => left + right;

    /// <summary>Pads the bytes to a multiple of 4, with NOPs after them.</summary>
    public OptionBytes PadAfter() => this + Nop(-Length & 3);

    /// <summary>Pads the bytes to a multiple of 4, with NOPs before them.</summary>
    public OptionBytes PadBefore() => Nop(-Length & 3) + this;

    /// <summary>A copy of the bytes.</summary>
    public byte[] ToArray() => [.. _bytes];

    /// <summary>The bytes in hexadecimal.</summary>
    public override string ToString() => Convert.ToHexStringLower(_bytes);

    private static OptionBytes Address(IPEndPoint client, AddressFamily family, byte kind, byte length)
    {
        ArgumentNullException.ThrowIfNull(client);
        if (client.AddressFamily != family)
            throw new ArgumentException($"{client} is not of the family {family}.", nameof(client));

        byte[] bytes = new byte[length];
        bytes[0] = kind;
        bytes[1] = length;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)client.Port);
        client.Address.TryWriteBytes(bytes.AsSpan(4), out _);
        return new OptionBytes(bytes);
    }
}
