using System;
using System.Buffers.Binary;
using Toa.LoadBalancing.Packets;
using Toa.Shared;
using Toa.Tool.Capture;
using Toa.Tool.Formats;

namespace Toa.Tool.Doctor.Bundle;

/// <summary>Replaces the addresses in the headers of a packet, in the IP header as well as in TCP options, and mends the checksums.</summary>
/// <param name="mask">The replacements.</param>
/// <param name="setting">The formats that the provider reads; null if that is not known.</param>
internal sealed class PacketMask(AddressMask mask, FormatSetting? setting)
{
    private const int IPv4HeaderSize = 20, IPv4ChecksumAt = 10, IPv6HeaderSize = 40, TcpHeaderSize = 20, TcpChecksumAt = 16;
    private const int NextHeaderAt = 6, ExtensionUnit = 8, Fragment = 44;
    private const byte Tcp = 6, NoOperation = 1, EndOfOptions = 0;

    /// <summary>The headers of a packet with replaced addresses.</summary>
    /// <remarks>
    /// Options and extension headers of IP, in which routes could be, become zero. The TCP checksum is that of a segment without data,
    /// and 0 if the segment has data, because that is not there. It is never the old one, from which addresses could be calculated.
    /// </remarks>
    public byte[] Apply(KeptPacket kept)
    {
        byte[] packet = [.. kept.Headers];
        if (!TcpSegment.TryFind(packet, out TcpSegment segment))
            throw new ArgumentException("It is not a TCP packet.", nameof(kept));
        int tcpAt = packet.Length - segment.Header.Length;
        Span<byte> ip = packet.AsSpan(0, tcpAt), tcp = packet.AsSpan(tcpAt);
        bool hasData = kept.OriginalLength > packet.Length;
        bool isIPv4 = packet[0] >> 4 == 4;
        if (isIPv4)
            MaskIPv4(ip);
        else
            MaskIPv6(ip);
        MaskOptions(tcp[TcpHeaderSize..]);

        tcp[TcpChecksumAt..(TcpChecksumAt + 2)].Clear();
        if (!hasData)
        {
            ReadOnlySpan<byte> addresses = isIPv4 ? ip[12..IPv4HeaderSize] : ip[8..IPv6HeaderSize];
            ulong sum = (ulong)InternetChecksum.Sum(addresses) + Tcp + (uint)tcp.Length + InternetChecksum.Sum(tcp);
            BinaryPrimitives.WriteUInt16BigEndian(tcp[TcpChecksumAt..], (ushort)~InternetChecksum.Fold(sum));
        }

        return packet;
    }

    private void MaskIPv4(Span<byte> header)
    {
        mask.Mask(header[12..16]);
        mask.Mask(header[16..20]);
        header[IPv4HeaderSize..].Clear();
        header[IPv4ChecksumAt..(IPv4ChecksumAt + 2)].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(header[IPv4ChecksumAt..], (ushort)~InternetChecksum.Sum(header));
    }

    private void MaskIPv6(Span<byte> headers)
    {
        mask.Mask(headers[8..24]);
        mask.Mask(headers[24..40]);
        byte next = headers[NextHeaderAt];
        for (Span<byte> rest = headers[IPv6HeaderSize..]; !rest.IsEmpty;)
        {
            bool isFragment = next == Fragment;
            int size = isFragment ? ExtensionUnit : (rest[1] + 1) * ExtensionUnit;
            next = rest[0];
            // The next header and the size stay.
            if (!isFragment)
                rest[2..size].Clear();
            rest = rest[size..];
        }
    }

    private void MaskOptions(Span<byte> options)
    {
        while (!options.IsEmpty && options[0] != EndOfOptions)
        {
            if (options[0] == NoOperation)
            {
                options = options[1..];
                continue;
            }

            // The list breaks off: it stays to be seen how, with kind and length.
            if (options.Length < 2 || options[1] < 2 || options[1] > options.Length)
            {
                options[Math.Min(options.Length, 2)..].Clear();
                return;
            }

            OptionMask.Apply(options[..options[1]], setting, mask);
            options = options[options[1]..];
        }

        // Behind the end of the list, nothing is read.
        options.Clear();
    }
}
