using System;
using System.Buffers.Binary;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Icmp;

/// <summary>Reads an ICMP or ICMPv6 error, with the packet that it quotes.</summary>
internal readonly ref struct IcmpErrorView
{
    public const int HeaderLength = 8;

    private readonly ReadOnlySpan<byte> _message;

    private IcmpErrorView(ReadOnlySpan<byte> message, IpPacketView quoted)
    {
        _message = message;
        Quoted = quoted;
    }

    public IcmpError Error => new(_message[0], _message[1], BinaryPrimitives.ReadUInt32BigEndian(_message[4..]));

    /// <summary>The packet that caused the error. It may be truncated.</summary>
    public IpPacketView Quoted { get; }

    public TransportAddress QuotedSource => new(Quoted.Source, BinaryPrimitives.ReadUInt16BigEndian(Quoted.Payload));

    public TransportAddress QuotedDestination =>
        new(Quoted.Destination, BinaryPrimitives.ReadUInt16BigEndian(Quoted.Payload[2..]));

    public static bool TryRead(in IpPacketView ip, out IcmpErrorView view, out DropReason reason)
    {
        view = default;
        reason = DropReason.BadIcmp;
        ReadOnlySpan<byte> message = ip.Payload;
        if (message.Length < HeaderLength || !HasSoundChecksum(ip))
            return false;

        reason = DropReason.IcmpIgnored;
        if (!IsError(message[0], ip.IsIPv4))
            return false;

        reason = DropReason.BadIcmp;
        ReadOnlySpan<byte> quoted = message[HeaderLength..];
        quoted = quoted[..Math.Min(quoted.Length, QuotedLength(message, ip.IsIPv4))];
        if (!IpPacketView.TryReadQuoted(quoted, out IpPacketView inner) || inner.IsIPv4 != ip.IsIPv4)
            return false;

        view = new IcmpErrorView(message, inner);
        return true;
    }

    private static bool HasSoundChecksum(in IpPacketView ip)
    {
        int sum = InternetChecksum.Sum(ip.Payload);
        if (!ip.IsIPv4)
            sum += InternetChecksum.PseudoHeaderSum(ip.Source, ip.Destination, IpProtocol.IcmpV6, ip.Payload.Length);
        return InternetChecksum.Fold((ulong)sum) == ushort.MaxValue;
    }

    private static bool IsError(byte type, bool isIPv4) => isIPv4
        ? type is IcmpType.Unreachable or IcmpType.TimeExceeded or IcmpType.ParameterProblem
        : type is IcmpV6Type.Unreachable or IcmpV6Type.TooBig or IcmpV6Type.TimeExceeded or IcmpV6Type.ParameterProblem;

    // RFC 4884: if the router appends extensions, the header has the length of the quoted packet, in words of 32 or 64 bits.
    private static int QuotedLength(ReadOnlySpan<byte> message, bool isIPv4)
    {
        int length = isIPv4 ? message[5] * 4 : message[0] == IcmpV6Type.TooBig ? 0 : message[4] * 8;
        return length == 0 ? int.MaxValue : length;
    }
}
