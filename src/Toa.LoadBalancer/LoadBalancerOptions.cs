using System;
using System.Collections.Generic;

namespace Toa.LoadBalancing;

/// <summary>What a <see cref="LoadBalancer"/> balances, and by which means.</summary>
public sealed class LoadBalancerOptions
{
    /// <summary>
    /// The name of the device that the balancer makes, at most 15 characters. Defaults to <c>toa0</c>.
    /// </summary>
    public string DeviceName { get; set; } = "toa0";

    /// <summary>
    /// Bytes of the largest packet, 1280 to 65535. No packet that leaves is larger. Defaults to 1500.
    /// </summary>
    public int Mtu { get; set; } = 1500;

    /// <summary>At least one.</summary>
    public IList<ListenerOptions> Listeners { get; } = [];

    /// <summary>
    /// The IPv4 addresses that servers see as their peers, routed into the device; networks or single addresses
    /// (<c>/32</c>), 4096 addresses at the most. One of them serves as many connections to each back end as there are
    /// ports, those that rest included.
    /// </summary>
    public IList<AddressPrefix> SourceAddresses { get; } = [];

    /// <summary>The lowest source port. Defaults to 1024.</summary>
    public int FirstPort { get; set; } = 1024;

    /// <summary>The highest source port. Defaults to 65535.</summary>
    public int LastPort { get; set; } = 65535;

    /// <summary>How many flows there may be, and how long each is kept.</summary>
    public FlowOptions Flows { get; set; } = new();

    /// <summary>
    /// Finds what is wrong without starting anything, as <see cref="LoadBalancer.Start"/> does first.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// Something is wrong: the message begins with the entry, as <c>Listeners[0].VirtualAddress</c>, and names the
    /// cure.
    /// </exception>
    public void Validate() => OptionsValidation.Check(this);
}
