using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Toa.Shared;
using Toa.LoadBalancing;
using Toa.LoadBalancing.Options;
using Toa.Tool.Language;

namespace Toa.Tool.Capture;

/// <summary>A captured option that may be a TOA option.</summary>
/// <param name="Kind">Its kind, which TCP itself does not use.</param>
/// <param name="Length">Its length byte.</param>
/// <param name="Bytes">The whole option in hexadecimal.</param>
/// <param name="Client">The client in it; null if its length or its layout is not that of an address and a port.</param>
/// <param name="Balancer">The source of the packet.</param>
/// <param name="Local">The destination of the packet.</param>
internal sealed record ToaOption(byte Kind, byte Length, string Bytes, IPEndPoint? Client, IPEndPoint Balancer, IPEndPoint Local)
{
    /// <summary>The lengths of options with kind, length, port and address.</summary>
    public const byte IPv4Length = ToaOptionAbi.LengthIPv4, IPv6Length = ToaOptionAbi.LengthIPv6;

    private const byte UserTimeout = 28, UserTimeoutLength = 4, Experiment1 = 253, Experiment2 = 254;

    private const byte QuickStart = 27, QuickStartLength = 8;

    // Identifiers of experiments (RFC 6994): Fast Open, accurate ECN (three), TCP-ENO, and the first half of that of SMC.
    private static readonly ushort[] Experiments = [0xf989, 0xacce, 0xacc0, 0xacc1, 0x454e, 0xe2d4];

    /// <summary>The kinds of Tencent Cloud (hybrid cloud and NAT64), and the kind that most other vendors use.</summary>
    public static IReadOnlyList<byte> Kinds { get; } = [ToaOptionAbi.KindIPv4, ToaOptionAbi.KindIPv6, 254];

    private bool IsVpc => new ToaOptionFormat(Kind, Length) == ToaOptionFormat.Vpc;

    /// <summary>The current option of a walk; null if TCP itself uses it.</summary>
    /// <param name="walk">The walk, at the option.</param>
    /// <param name="segment">The segment with the option.</param>
    /// <param name="isRead">Whether the kind is in the provider's settings.</param>
    public static ToaOption? Read(in TcpOptionWalk walk, in TcpSegment segment, bool isRead)
    {
        if (IsOfTcp(walk) || (IsRare(walk) && !isRead))
            return null;
        string bytes = Convert.ToHexStringLower([walk.Kind, walk.Length, .. walk.Value]);
        ToaOption option = new(walk.Kind, walk.Length, bytes, null, segment.Source, segment.Destination);
        return option.IsVpc ? option : option with { Client = walk.Client };
    }

    /// <summary>The option in words.</summary>
    public Message Describe()
    {
        Message content = Client is not null && Kinds.Contains(Kind) ? (Message)$"client {Client}" : $"bytes {Bytes}, {Layout}";
        return $"kind {Kind}, length {Length}, {content}, from {Balancer} to {Local}";
    }

    private Message Layout => Client switch
    {
        { AddressFamily: AddressFamily.InterNetwork } => $"would read as port {Client.Port}, IPv4 {Client.Address}",
        { } => $"would read as port {Client.Port}, IPv6 {Client.Address}",
        null => IsVpc ? (Message)$"the VPC option of Alibaba Cloud" : $"unknown layout",
    };

    private static bool IsOfTcp(in TcpOptionWalk walk) =>
        TcpOptionKind.IsTaken(walk.Kind) || walk is { Kind: UserTimeout, Length: UserTimeoutLength } || IsExperiment(walk);

    // Echo (6, 7), partial order (9, 10), T/TCP (11 to 13), other checksums (14, 15, 18), Quick-Start. The balancer and the
    // providers accept these kinds as settings: if one is set, its options are TOA options.
    private static bool IsRare(in TcpOptionWalk walk) =>
        walk is { Kind: 6 or 7 or (>= 9 and <= 15) or 18 } or { Kind: QuickStart, Length: QuickStartLength };

    // Only with another length than a TOA option (Client is null): otherwise a provider that reads the kind treats it as one.
    private static bool IsExperiment(in TcpOptionWalk walk) =>
        walk is { Kind: Experiment1 or Experiment2, Length: > 3, Client: null }
        && Experiments.Contains(BinaryPrimitives.ReadUInt16BigEndian(walk.Value));
}
