using System;
using System.Collections.Generic;
using System.Linq;
using Toa.LoadBalancing;

namespace Toa.Tool.Balancing;

/// <summary>An event of <c>toa lb --json</c>. Fields that an event does not have are null.</summary>
/// <param name="Event"><c>started</c>, <c>message</c>, <c>state</c> or <c>stopped</c>.</param>
/// <param name="Time">The time of the event.</param>
/// <param name="Message">A log message of the balancer.</param>
/// <param name="IsWarning">Whether the message is a warning.</param>
/// <param name="Counters">All counters, by name.</param>
/// <param name="BackEnds">The back ends of all listeners.</param>
/// <param name="Flows">The requested number of connections, those with the latest packets first.</param>
internal sealed record BalancerEvent(
    string Event, DateTimeOffset Time, string? Message, bool? IsWarning, IReadOnlyDictionary<string, long>? Counters,
    IReadOnlyList<BackEndDocument>? BackEnds, IReadOnlyList<FlowDocument>? Flows);

/// <summary>A server behind a listener.</summary>
internal sealed record BackEndDocument(string VirtualAddress, string Address, int Weight, int OpenConnections, bool IsUp)
{
    public static IReadOnlyList<BackEndDocument> Of(IEnumerable<BackEndStatus> backEnds) =>
        [.. backEnds.Select(backEnd => new BackEndDocument(
            backEnd.VirtualAddress.ToString(), backEnd.Address.ToString(), backEnd.Weight, backEnd.OpenConnections, backEnd.IsUp))];
}

/// <summary>A connection through the balancer.</summary>
/// <param name="Client">The real client.</param>
/// <param name="VirtualAddress">The address that it connected to.</param>
/// <param name="Source">The transport peer, which the server sees without a provider.</param>
/// <param name="BackEnd">The server.</param>
/// <param name="State">The state of the connection.</param>
/// <param name="OptionsWritten">The number of segments that carried the TOA option.</param>
/// <param name="IdleSeconds">The time since its last packet arrived.</param>
internal sealed record FlowDocument(
    string Client, string VirtualAddress, string Source, string BackEnd, string State, int OptionsWritten,
    double IdleSeconds)
{
    public static IReadOnlyList<FlowDocument> Latest(IEnumerable<FlowEntry> flows, int most) =>
        [.. flows.OrderBy(flow => flow.Idle).Take(most).Select(flow => new FlowDocument(
            flow.Client.ToString(), flow.VirtualAddress.ToString(), flow.Source.ToString(), flow.BackEnd.ToString(),
            flow.State.ToString(), flow.OptionsWritten, flow.Idle.TotalSeconds))];
}
