using System;
using System.Buffers.Binary;
using Toa.LoadBalancing.Icmp;
using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Flows;

/// <summary>
/// Assigns flows to shards. A packet's own header tells its shard: from a client, a hash of the client's address and port, and from
/// a server, the source port. A shard uses only source ports of its own, so both directions of a flow have the same shard.
/// </summary>
internal readonly record struct Sharding(int Shards)
{
    public int OfClient(in TransportAddress client) => (int)((uint)HashCode.Combine(client.Address, client.Port) % (uint)Shards);

    public int OfSourcePort(int port) => port % Shards;

    /// <summary>The shard of a packet. A packet that is part of no flow may have any.</summary>
    public int Of(in IpPacketView ip, bool isFromClient)
    {
        if (Shards == 1)
            return 0;
        if (ip.Protocol != IpProtocol.Tcp)
            return OfError(ip, isFromClient);
        if (ip.Payload.Length < 4)
            return 0;

        return isFromClient
            ? OfClient(new TransportAddress(ip.Source, BinaryPrimitives.ReadUInt16BigEndian(ip.Payload)))
            : OfSourcePort(BinaryPrimitives.ReadUInt16BigEndian(ip.Payload[2..]));
    }

    /// <summary>The shard's lowest port that is not below another port.</summary>
    public int FirstSourcePort(int shard, int from) => from + ((shard - OfSourcePort(from) + Shards) % Shards);

    /// <summary>The number of ports that a shard has in a range that begins with one of them.</summary>
    public int CountSourcePorts(int first, int last) => first > last ? 0 : ((last - first) / Shards) + 1;

    // The balancer sent the quoted packet to the side that the error is from.
    private int OfError(in IpPacketView ip, bool isFromClient)
    {
        if (ip.Protocol != (ip.IsIPv4 ? IpProtocol.Icmp : IpProtocol.IcmpV6)
            || !IcmpErrorView.TryRead(ip, out IcmpErrorView error, out _))
        {
            return 0;
        }

        return isFromClient ? OfClient(error.QuotedDestination) : OfSourcePort(error.QuotedSource.Port);
    }
}
