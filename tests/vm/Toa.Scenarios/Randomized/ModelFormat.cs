using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Net;

namespace Toa.Scenarios.Randomized;

/// <summary>A format of TOA options, from the vendors' own code. It shares no table with the kernel module or the library.</summary>
/// <param name="Number">Its number in toa_info.</param>
/// <param name="Length">The length byte.</param>
/// <param name="AddressSize">4 or 16.</param>
/// <param name="Client">Where the client's address is; null if the option names no client.</param>
/// <param name="Port">Where the client's port is; null if the option has none.</param>
/// <param name="Virtual">Where the virtual address is.</param>
/// <param name="VirtualPort">Where its port is.</param>
/// <param name="NetworkId">Reads the id of the virtual network.</param>
internal sealed record ModelFormat(
    byte Number, int Length, int AddressSize, int? Client, int? Port, int? Virtual = null, int? VirtualPort = null,
    Func<byte[], uint>? NetworkId = null)
{
    public static readonly ModelFormat IPv4 = new(1, 8, 4, 4, 2), IPv6 = new(2, 20, 16, 4, 2);

    private static readonly ModelFormat
        s_vpc = new(3, 20, 4, 4, 2, 12, 16, option => BinaryPrimitives.ReadUInt32LittleEndian(option.AsSpan(8))),
        s_ddos = new(4, 40, 16, 4, 2, 24, null, option => (uint)(option[20] << 16 | option[21] << 8 | option[22])),
        s_byteDance = new(5, 16, 4, 4, 2, 12, 10),
        s_akamai = new(6, 7, 4, 3, null),
        s_akamaiIPv6 = new(7, 19, 16, 3, null),
        s_virtual = new(14, 8, 4, null, null, 4, 2),
        s_network = new(15, 6, 0, null, null, NetworkId: option => BinaryPrimitives.ReadUInt32LittleEndian(option.AsSpan(2)));

    /// <summary>The setting, and what it reads by kind: the default, and a setting with every format.</summary>
    public static (string Setting, IReadOnlyDictionary<byte, ModelFormat[]> Kinds)[] Sets { get; } =
    [
        ("tencent", new Dictionary<byte, ModelFormat[]> { [200] = [IPv4], [253] = [IPv6] }),
        ("tencent,tencent-vpc,alibaba-vpc,alibaba-ddos,bytedance,akamai,dpvs", new Dictionary<byte, ModelFormat[]>
        {
            [28] = [s_akamai, s_akamaiIPv6],
            [200] = [IPv4],
            [201] = [s_network],
            [202] = [s_virtual],
            [249] = [s_ddos],
            [250] = [s_virtual],
            [252] = [s_vpc],
            [253] = [IPv6],
            [254] = [IPv4, s_byteDance, IPv6],
        }),
    ];

    public byte[] Address(byte[] option, int at) => option[at..(at + AddressSize)];

    public IPEndPoint? VirtualEndPoint(byte[] option) => Virtual is not { } at ? null
        : new IPEndPoint(
            new IPAddress(Address(option, at)),
            VirtualPort is { } port ? BinaryPrimitives.ReadUInt16BigEndian(option.AsSpan(port)) : 0);
}
