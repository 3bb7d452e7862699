using System.Buffers.Binary;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using PacketDotNet;
using PacketDotNet.Utils;

namespace Toa.Tool.Tests.Support;

/// <summary>Packets as a capture receives them, written by a library that is independent of the decoder.</summary>
internal static class TcpPackets
{
    public static readonly IPEndPoint Balancer = IPEndPoint.Parse("198.51.100.7:1024");
    public static readonly IPEndPoint Server = IPEndPoint.Parse("192.0.2.1:7000");

    /// <summary>A segment; by default, the one that completes a handshake.</summary>
    public static byte[] Build(
        byte[] options, IPEndPoint? from = null, IPEndPoint? to = null, bool syn = false, bool ack = true, string data = "",
        bool fin = false, uint sequence = 0)
    {
        from ??= Balancer;
        to ??= Server;
        TcpPacket bare = new((ushort)from.Port, (ushort)to.Port) 
        {
            Synchronize = syn, Acknowledgment = ack, Finished = fin, SequenceNumber = sequence,
        };
        byte[] padded = [.. options, .. new byte[(4 - options.Length % 4) % 4]];
        // TcpPacket's setter of options does not enlarge the header, so build the header from bytes.
        TcpPacket tcp = new(new ByteArraySegment([.. bare.Bytes, .. padded, .. data.Select(character => (byte)character)]))
        {
            DataOffset = 5 + padded.Length / 4,
        };
        IPPacket packet = from.AddressFamily == AddressFamily.InterNetwork
            ? new IPv4Packet(from.Address, to.Address)
            : new IPv6Packet(from.Address, to.Address);
        packet.PayloadPacket = tcp;
        packet.UpdateCalculatedValues();
        return packet.Bytes;
    }

    public static byte[] Syn(params byte[] options) => Build(options, syn: true, ack: false);

    /// <summary>A TOA option: kind, length, port and address.</summary>
    public static byte[] Option(byte kind, IPEndPoint client)
    {
        byte[] address = client.Address.GetAddressBytes();
        byte[] port = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(port, (ushort)client.Port);
        return [kind, (byte)(4 + address.Length), .. port, .. address];
    }

    public static byte[] Option(byte kind, string client) => Option(kind, IPEndPoint.Parse(client));
}
