using System;
using System.Net;

namespace Toa.LoadBalancing.Packets;

/// <summary>An address and a port. IPv4 addresses are stored as IPv4-mapped ones, so that one type holds both families.</summary>
internal readonly record struct TransportAddress(UInt128 Address, ushort Port)
{
    public bool IsIPv4 => Addresses.IsIPv4(Address);

    public static TransportAddress From(IPEndPoint endPoint) =>
        new(Addresses.From(endPoint.Address), (ushort)endPoint.Port);

    public IPEndPoint ToEndPoint() => new(Addresses.ToIPAddress(Address), Port);

    public override string ToString() => ToEndPoint().ToString();
}
