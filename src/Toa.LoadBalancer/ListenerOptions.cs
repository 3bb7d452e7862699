using System.Collections.Generic;
using System.Net;

namespace Toa.LoadBalancing;

/// <summary>
/// A virtual address, and the servers behind it. If it is an IPv6 address, clients reach the servers through NAT64, else
/// through a full NAT.
/// </summary>
public sealed class ListenerOptions
{
    /// <summary>
    /// Where clients connect to. The address is routed into the balancer's device: it must not be one that the machine has
    /// itself.
    /// </summary>
    public required IPEndPoint VirtualAddress { get; set; }

    /// <summary>The servers; at least one.</summary>
    public IList<BackEndOptions> BackEnds { get; } = [];

    /// <summary>
    /// What the option looks like. Defaults to null: <see cref="ToaOptionFormat.Nat64"/> for a virtual IPv6 address, and
    /// <see cref="ToaOptionFormat.HybridCloud"/> for an IPv4 one.
    /// </summary>
    public ToaOptionFormat? Option { get; set; }

    /// <summary>
    /// Which segments carry the option. Defaults to <see cref="OptionPlacement.UntilAcknowledged"/>.
    /// </summary>
    public OptionPlacement Placement { get; set; }

    /// <summary>
    /// Whether options that clients have written themselves are passed on: those of all listeners' formats, and of the two
    /// usual ones. Only to see what servers make of them. Defaults to false.
    /// </summary>
    public bool KeepForgedOptions { get; set; }

    /// <summary>How the back ends are checked. Defaults to null: not at all, and all count as up.</summary>
    public HealthCheckOptions? HealthCheck { get; set; }

    /// <summary>What goes wrong on purpose. Defaults to nothing.</summary>
    public FaultOptions Faults { get; set; } = new();
}
