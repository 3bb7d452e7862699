using System.Net;
using System.Net.Sockets;
using PacketDotNet;
using PacketDotNet.Utils;

namespace Toa.LoadBalancing.Tests.Support;

/// <summary>A TCP segment to send to the balancer, written by PacketDotNet.</summary>
internal sealed record Segment
{
    public required IPEndPoint Source { get; init; }

    public required IPEndPoint Destination { get; init; }

    public uint SequenceNumber { get; init; }

    public uint AcknowledgmentNumber { get; init; }

    public bool Syn { get; init; }

    public bool Ack { get; init; }

    public bool Fin { get; init; }

    public bool Rst { get; init; }

    /// <summary>The option bytes; their number must be a multiple of 4.</summary>
    public byte[] Options { get; init; } = [];

    public byte[] Payload { get; init; } = [];

    public byte HopLimit { get; init; } = 64;

    public byte TrafficClass { get; init; }

    public bool DontFragment { get; init; } = true;

    public byte[] ToBytes()
    {
        // The Options setter of the packet does not enlarge the header, so build the header from bytes.
        byte[] header = new byte[20 + Options.Length];
        header[12] = (byte)(header.Length << 2);
        Options.CopyTo(header, 20);
        TcpPacket tcp = new(new ByteArraySegment([.. header, .. Payload]))
        {
            SourcePort = (ushort)Source.Port,
            DestinationPort = (ushort)Destination.Port,
            SequenceNumber = SequenceNumber,
            AcknowledgmentNumber = AcknowledgmentNumber,
            Synchronize = Syn,
            Acknowledgment = Ack,
            Finished = Fin,
            Reset = Rst,
            Push = Payload.Length > 0,
            WindowSize = 0x1234,
        };

        IPPacket ip = Source.AddressFamily == AddressFamily.InterNetwork
            ? new IPv4Packet(Source.Address, Destination.Address)
            {
                TypeOfService = TrafficClass,
                FragmentFlags = DontFragment ? 2 : 0,
                Id = 0x4321,
            }
            : new IPv6Packet(Source.Address, Destination.Address) { TrafficClass = TrafficClass };
        ip.TimeToLive = HopLimit;
        ip.PayloadPacket = tcp;
        ip.Protocol = PacketDotNet.ProtocolType.Tcp;
        tcp.UpdateTcpChecksum();
        (ip as IPv4Packet)?.UpdateIPChecksum();
        return [.. ip.Bytes];
    }
}
