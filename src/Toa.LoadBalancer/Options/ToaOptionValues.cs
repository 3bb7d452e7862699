using Toa.LoadBalancing.Packets;

namespace Toa.LoadBalancing.Options;

/// <summary>The values that a TOA option can hold.</summary>
/// <param name="Client">The client's address and port.</param>
/// <param name="VirtualAddress">The address and port that the client connected to. They have the client's family.</param>
/// <param name="NetworkId">The id of the VPC.</param>
internal readonly record struct ToaOptionValues(
    TransportAddress Client, TransportAddress VirtualAddress, uint NetworkId);
