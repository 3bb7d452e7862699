using System.Collections.Generic;

namespace Toa.LoadBalancing;

/// <summary>The settings of a <see cref="TunDevice"/>.</summary>
public sealed class TunOptions
{
    /// <summary>The interface's name, at most 15 characters. Defaults to <c>toa0</c>.</summary>
    public string Name { get; init; } = "toa0";

    /// <summary>The MTU in bytes, 1280 (the minimum of IPv6) to 65535. Defaults to 1500.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>
    /// The machine's own addresses on the interface, for example a server's. All other addresses of each prefix are routed
    /// into the device, and can be used as clients. Defaults to none.
    /// </summary>
    public IReadOnlyList<AddressPrefix> Addresses { get; init; } = [];

    /// <summary>
    /// Additional networks to route into the device, for clients outside of these prefixes. Defaults to none.
    /// </summary>
    public IReadOnlyList<AddressPrefix> Routes { get; init; } = [];

    /// <summary>
    /// Whether packets can have an offload, once <see cref="TunDevice.TryAllowOffload"/> allows it: large TCP segments, and segments
    /// without a checksum.
    /// </summary>
    internal bool Offload { get; init; }

    /// <summary>The number of <see cref="TunDevice.Queues"/>. The device has fewer if the kernel does not allow them.</summary>
    internal int Queues { get; init; } = 1;

    /// <summary>
    /// The number of packets that wait for the reader before the kernel drops packets, in each queue. Defaults to 10000: with the kernel's
    /// default of 500, the answers to one burst of SYNs would overflow the queue.
    /// </summary>
    public int QueueLength { get; init; } = 10_000;
}
