using System;
using System.Collections.Generic;
using System.Linq;
using Toa.LoadBalancing;

namespace Toa.Tool.Balancing;

/// <summary>Something that <c>toa lb --json</c> tells of; what an event does not have is null.</summary>
/// <param name="Event"><c>started</c>, <c>message</c>, <c>state</c> or <c>stopped</c>.</param>
/// <param name="Time">When.</param>
/// <param name="Message">What the balancer says of itself.</param>
/// <param name="IsWarning">Whether that is a warning.</param>
/// <param name="Counters">All counters, by name.</param>
/// <param name="BackEnds">The servers of all listeners.</param>
/// <param name="Flows">As many connections as were asked for, those with the latest packets first.</param>
internal sealed record BalancerEvent(
    string Event, DateTimeOffset Time, string? Message, bool? IsWarning, IReadOnlyDictionary<string, long>? Counters,
    IReadOnlyList<BackEndDocument>? BackEnds, IReadOnlyList<FlowDocument>? Flows);

/// <summary>A server behind a listener.</summary>
internal sealed record BackEndDocument(string VirtualAddress, string Address, int Weight, bool IsUp)
{
    public static IReadOnlyList<BackEndDocument> Of(LoadBalancer balancer) =>
        [.. balancer.ListBackEnds().Select(backEnd => new BackEndDocument(
            backEnd.VirtualAddress.ToString(), backEnd.Address.ToString(), backEnd.Weight, backEnd.IsUp))];
}

/// <summary>A connection through the balancer.</summary>
/// <param name="Client">The real client.</param>
/// <param name="VirtualAddress">Where it connected to.</param>
/// <param name="Source">What the server sees without a provider.</param>
/// <param name="BackEnd">The server.</param>
/// <param name="State">How far it is.</param>
/// <param name="OptionsWritten">How many segments carried the option.</param>
/// <param name="IdleSeconds">How long ago its last packet came.</param>
internal sealed record FlowDocument(
    string Client, string VirtualAddress, string Source, string BackEnd, string State, int OptionsWritten,
    double IdleSeconds)
{
    public static IReadOnlyList<FlowDocument> Latest(LoadBalancer balancer, int most) => most == 0
        ? []
        : [.. balancer.ListFlows().OrderBy(flow => flow.Idle).Take(most).Select(flow => new FlowDocument(
            flow.Client.ToString(), flow.VirtualAddress.ToString(), flow.Source.ToString(), flow.BackEnd.ToString(),
            flow.State.ToString(), flow.OptionsWritten, flow.Idle.TotalSeconds))];
}
