using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using FluentAssertions;
using PacketDotNet;

namespace Toa.LoadBalancing.Tests.Support;

/// <summary>A packet that the balancer sent, read by PacketDotNet. Reading it checks all its fields.</summary>
internal sealed class Sent
{
    private Sent(byte[] bytes, IPPacket ip)
    {
        Bytes = bytes;
        IP = ip;
    }

    public byte[] Bytes { get; }

    public IPPacket IP { get; }

    public IPv4Packet IPv4 => (IPv4Packet)IP;

    public IPv6Packet IPv6 => (IPv6Packet)IP;

    public TcpPacket Tcp => IP.PayloadPacket as TcpPacket ?? throw new InvalidOperationException($"No TCP: {IP}");

    public IPEndPoint Source => new(IP.SourceAddress, Tcp.SourcePort);

    public IPEndPoint Destination => new(IP.DestinationAddress, Tcp.DestinationPort);

    public byte[] Options => Tcp.Options;

    public byte[] Payload => Tcp.PayloadData ?? [];

    /// <summary>
    /// Reads a packet that has not left the machine, so that the TCP checksum may be left to a device that it never reaches.
    /// </summary>
    public static Sent ReadInMachine(byte[] bytes)
    {
        IPPacket ip = (IPPacket)Packet.ParsePacket(LinkLayers.Raw, bytes).PayloadPacket;
        return ip.PayloadPacket is TcpPacket tcp && tcp.Checksum == NetworkCard.PseudoHeaderSum(bytes)
            ? new Sent(bytes, ip)
            : Read(bytes);
    }

    /// <summary>Reads a packet, and expects that its lengths and checksums are correct.</summary>
    public static Sent Read(byte[] bytes)
    {
        IPPacket ip = (IPPacket)Packet.ParsePacket(LinkLayers.Raw, bytes).PayloadPacket;
        ip.TotalLength.Should().Be(bytes.Length, "nothing may follow the packet");
        if (ip is IPv4Packet ipv4)
            ipv4.ValidIPChecksum.Should().BeTrue();
        switch (ip.PayloadPacket)
        {
            case TcpPacket tcp:
                tcp.ValidTcpChecksum.Should().BeTrue();
                TransportSum(ip, bytes.AsSpan(bytes.Length - ip.PayloadPacket.TotalPacketLength)).Should().Be(0xffff);
                break;
            case IcmpV4Packet icmp:
                icmp.ValidIcmpChecksum.Should().BeTrue();
                break;
            case IcmpV6Packet icmp:
                icmp.ValidIcmpChecksum.Should().BeTrue();
                break;
            default:
                throw new InvalidOperationException($"Neither TCP nor ICMP: {ip}");
        }

        return new Sent(bytes, ip);
    }

    /// <summary>The client in the first option with this kind and length, or null.</summary>
    public IPEndPoint? FindClient(byte kind, byte length)
    {
        foreach (byte[] option in OptionList())
        {
            if (option[0] != kind || option.Length != length)
                continue;
            IPAddress address = new(option.AsSpan(4, length >= 20 ? 16 : 4));
            return new IPEndPoint(address, BinaryPrimitives.ReadUInt16BigEndian(option.AsSpan(2)));
        }

        return null;
    }

    /// <summary>All complete options up to the end of the list, without NOPs.</summary>
    /// <remarks>
    /// Does not use PacketDotNet's OptionsCollection. That continues after the end of the list, where any bytes can follow. At a
    /// length of 0 it loops until the memory is full.
    /// </remarks>
    public List<byte[]> OptionList()
    {
        List<byte[]> list = [];
        byte[] options = Options;
        for (int at = 0; at < options.Length && options[at] != 0;)
        {
            bool isPadding = options[at] == 1;
            int length = isPadding ? 1 : options.ElementAtOrDefault(at + 1);
            if (length < (isPadding ? 1 : 2) || at + length > options.Length)
                break;
            if (!isPadding)
                list.Add(options[at..(at + length)]);
            at += length;
        }

        return list;
    }

    private static int TransportSum(IPPacket ip, ReadOnlySpan<byte> segment) => Checksum.Sum(
    [
        .. ip.SourceAddress.GetAddressBytes(), .. ip.DestinationAddress.GetAddressBytes(), 0, 6,
        (byte)(segment.Length >> 8), (byte)segment.Length, .. segment,
    ]);
}
