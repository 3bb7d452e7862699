using System.Collections.Generic;
using System.Net;

namespace Toa.LoadBalancing;

/// <summary>
/// A virtual address, and the servers behind it. The servers may use IPv4 or IPv6: full NAT, NAT64, NAT66 or NAT46.
/// </summary>
public sealed class ListenerOptions
{
    /// <summary>
    /// The address that clients connect to. It is routed into the balancer's device, so it must not be an address of the machine
    /// itself.
    /// </summary>
    public required IPEndPoint VirtualAddress { get; set; }

    /// <summary>The servers. At least one.</summary>
    public IList<BackEndOptions> BackEnds { get; } = [];

    /// <summary>How the server of a new connection is selected. Defaults to <see cref="BackEndScheduling.RoundRobin"/>.</summary>
    public BackEndScheduling Scheduling { get; set; }

    /// <summary>
    /// The format of the TOA option. It must be able to hold addresses of the virtual address's family. If the option needs all
    /// 40 bytes of a header, the balancer removes timestamps, SACK-permitted and Multipath TCP from the SYN, so that later
    /// segments have room. Defaults to <see cref="ToaOptionFormat.Tencent"/>.
    /// </summary>
    public ToaOptionFormat Format { get; set; } = ToaOptionFormat.Tencent;

    /// <summary>
    /// The VPC id in the TOA option. Formats without a VPC id ignore it; it has 24 bits in
    /// <see cref="ToaOptionFormat.AlibabaDdos"/>. Defaults to 0.
    /// </summary>
    public uint NetworkId { get; set; }

    /// <summary>
    /// Which segments carry the TOA option. Defaults to <see cref="OptionPlacement.UntilAcknowledged"/>.
    /// </summary>
    public OptionPlacement Placement { get; set; }

    /// <summary>
    /// Whether TOA options that clients write themselves are forwarded. Otherwise those that a server reads with the formats of
    /// the listeners, or with <see cref="ToaOptionFormat.Tencent"/>, are removed. Use it only to test servers. Defaults to false.
    /// </summary>
    public bool KeepForgedOptions { get; set; }

    /// <summary>How the back ends are checked. Defaults to null: they are not checked, and all count as up.</summary>
    public HealthCheckOptions? HealthCheck { get; set; }

    /// <summary>The faults to inject. Defaults to none.</summary>
    public FaultOptions Faults { get; set; } = new();
}
