using System.Collections.Generic;
using System.Net;
using Toa.Interop;

namespace Toa.Tool.Capture;

/// <summary>An option of a kind that balancers write addresses into, as it was seen.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Length">Its length byte.</param>
/// <param name="Client">The client in it; null where its length is not that of an address and a port.</param>
/// <param name="Balancer">Where the packet came from.</param>
/// <param name="Local">Where it went.</param>
internal sealed record ToaOption(byte Kind, byte Length, IPEndPoint? Client, IPEndPoint Balancer, IPEndPoint Local)
{
    /// <summary>Kind, length, port, address.</summary>
    public const byte IPv4Length = ToaAbi.OptionLengthIPv4, IPv6Length = ToaAbi.OptionLengthIPv6;

    /// <summary>Hybrid cloud and NAT64 of Tencent Cloud, and the kind that most others use.</summary>
    public static IReadOnlyList<byte> Kinds { get; } = [ToaAbi.KindIPv4, ToaAbi.KindIPv6, 254];

    public override string ToString() =>
        $"kind {Kind}, length {Length}, client {Client?.ToString() ?? "unreadable"}, from {Balancer} to {Local}";
}
