using System;
using System.Collections.Generic;

namespace Toa.LoadBalancing;

/// <summary>The settings of a <see cref="LoadBalancer"/>.</summary>
public sealed class LoadBalancerOptions
{
    /// <summary>
    /// The name of the TUN device that the balancer creates, at most 15 characters. Defaults to <c>toa0</c>.
    /// </summary>
    public string DeviceName { get; set; } = "toa0";

    /// <summary>
    /// The MTU in bytes, 1280 to 65535. The balancer sends no larger packet. Defaults to 1500.
    /// </summary>
    public int Mtu { get; set; } = 1500;

    /// <summary>
    /// Whether large TCP segments pass the balancer in one piece, which is many times faster (segmentation offload). A TOA
    /// option on such a segment is on each of its pieces on the wire. Defaults to <see langword="true"/>. Without effect if a
    /// listener has faults: then each packet passes alone.
    /// </summary>
    public bool Offload { get; set; } = true;

    /// <summary>
    /// How many CPU cores forward packets: the queues of the device, each with its own thread. A connection stays in one of them, by
    /// a hash of its client. At most 256, and not more than there are source ports. Each queue has an equal share of the source
    /// ports, so with very few free ports, a connection can be refused although another queue has a free port. Defaults to 0: half
    /// of the cores, at most 4.
    /// </summary>
    public int Queues { get; set; }

    /// <summary>The virtual addresses and their servers. At least one.</summary>
    public IList<ListenerOptions> Listeners { get; } = [];

    /// <summary>
    /// The addresses that servers see as transport peers: IPv4 addresses for IPv4 servers, IPv6 addresses for IPv6 servers. They
    /// are routed into the device. Networks or single addresses (<c>/32</c>, <c>/128</c>), at most 4096 addresses. They limit the connections to each back end: one for each address and port,
    /// including ports that rest (<see cref="FlowOptions.PortRest"/>).
    /// </summary>
    public IList<AddressPrefix> SourceAddresses { get; } = [];

    /// <summary>The lowest source port. Defaults to 1024.</summary>
    public int FirstPort { get; set; } = 1024;

    /// <summary>The highest source port. Defaults to 65535.</summary>
    public int LastPort { get; set; } = 65535;

    /// <summary>
    /// A file for all packets of both sides, in the format pcapng. An existing file is replaced. The comment of each packet names its
    /// connection: client, virtual address, source, server and state. Large segments (<see cref="Offload"/>) are written in one piece,
    /// and their TCP checksums are not complete. If the disk is full, the capture ends and packets are forwarded as before. Defaults to
    /// <see langword="null"/>: no capture, and no overhead.
    /// </summary>
    public string? CaptureFile { get; set; }

    /// <summary>The limit of flows, and their timeouts.</summary>
    public FlowOptions Flows { get; set; } = new();

    /// <summary>
    /// Checks the settings and starts nothing. <see cref="LoadBalancer.Start"/> does the same first.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// A setting is invalid. The message begins with its name, for example <c>Listeners[0].VirtualAddress</c>, and says
    /// what to do.
    /// </exception>
    public void Validate() => OptionsValidation.Check(this);
}
