using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Net;
using FluentAssertions;
using PacketDotNet;
using PacketDotNet.Tcp;

namespace Toa.LoadBalancing.Tests.Support;

/// <summary>A packet that the balancer sent, read by PacketDotNet. All that it holds is checked on the way.</summary>
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

    /// <summary>Reads a packet, and insists that its lengths and checksums are right.</summary>
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

    /// <summary>The first option that names a client in one of the formats, or null.</summary>
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

    /// <summary>All options up to the end of the list but NOPs, as PacketDotNet tells them apart.</summary>
    public List<byte[]> OptionList()
    {
        List<byte[]> list = [];
        foreach (TcpOption option in Tcp.OptionsCollection ?? [])
        {
            if (option is EndOfOptionsOption)
                break;
            if (option is not NoOperationOption)
                list.Add(option.Bytes);
        }

        return list;
    }

    private static int TransportSum(IPPacket ip, ReadOnlySpan<byte> segment) => Checksum.Sum(
    [
        .. ip.SourceAddress.GetAddressBytes(), .. ip.DestinationAddress.GetAddressBytes(), 0, 6,
        (byte)(segment.Length >> 8), (byte)segment.Length, .. segment,
    ]);
}
