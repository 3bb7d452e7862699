using System.Collections.Generic;

namespace Toa.LoadBalancing;

/// <summary>What a <see cref="TunDevice"/> is to look like.</summary>
public sealed class TunOptions
{
    /// <summary>The interface's name, at most 15 characters. Defaults to <c>toa0</c>.</summary>
    public string Name { get; init; } = "toa0";

    /// <summary>Bytes of the largest IP packet, 1280 (the least that IPv6 allows) to 65535. Defaults to 1500.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>
    /// The addresses that the machine itself gets on the interface: a server's. All others of each prefix are routed
    /// into the device and can be used as clients. Defaults to none.
    /// </summary>
    public IReadOnlyList<AddressPrefix> Addresses { get; init; } = [];

    /// <summary>
    /// More networks to route into the device, for clients outside of those prefixes. Defaults to none.
    /// </summary>
    public IReadOnlyList<AddressPrefix> Routes { get; init; } = [];

    /// <summary>
    /// Packets that wait for the reader before the kernel drops some. Defaults to 10000: the kernel's own 500 is less
    /// than the answers to one burst of SYNs.
    /// </summary>
    public int QueueLength { get; init; } = 10_000;
}
