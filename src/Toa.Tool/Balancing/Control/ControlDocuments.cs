using System.Collections.Generic;
using System.Net;
using Toa.LoadBalancing;

namespace Toa.Tool.Balancing.Control;

/// <summary>The answer to <c>GET /flows</c>.</summary>
/// <param name="Total">The number of connections, including those that have just closed.</param>
/// <param name="Flows">The connections with the latest packets first, up to the limit.</param>
internal sealed record FlowsDocument(int Total, IReadOnlyList<FlowDocument> Flows)
{
    public static FlowsDocument Of(LoadBalancer balancer, int limit)
    {
        IReadOnlyList<FlowEntry> flows = balancer.ListFlows();
        return new FlowsDocument(flows.Count, FlowDocument.Latest(flows, limit));
    }
}

/// <summary>The answer to <c>GET /backends</c>, <c>PUT /weight</c> and <c>POST /drain</c>; the last two have only the changed one.</summary>
internal sealed record BackEndsDocument(IReadOnlyList<BackEndDocument> BackEnds);

/// <summary>The answer to <c>GET /counters</c>: all counters by name.</summary>
internal sealed record CountersDocument(IReadOnlyDictionary<string, long> Counters);

/// <summary>The answer to <c>GET /faults</c> and <c>PUT /faults</c>; the latter has only the changed listener.</summary>
internal sealed record FaultsDocument(IReadOnlyList<ListenerFaultsDocument> Listeners);

/// <summary>The faults of a listener, and the body of <c>PUT /faults</c>.</summary>
/// <param name="VirtualAddress">The listener's address.</param>
/// <param name="Faults">The values of <c>--fault</c>.</param>
/// <param name="Seed">The value of <c>--seed</c>; null if each run makes different choices.</param>
internal sealed record ListenerFaultsDocument(string? VirtualAddress, IReadOnlyList<string?>? Faults, int? Seed)
{
    public static ListenerFaultsDocument Of(LoadBalancer balancer, IPEndPoint virtualAddress)
    {
        FaultOptions faults = balancer.GetFaults(virtualAddress);
        return new ListenerFaultsDocument(virtualAddress.ToString(), FaultArgument.Format(faults), faults.Seed);
    }
}

/// <summary>The body of <c>PUT /weight</c>.</summary>
internal sealed record WeightRequest(string? VirtualAddress, string? BackEnd, int? Weight);

/// <summary>The body of <c>POST /drain</c>.</summary>
internal sealed record DrainRequest(string? VirtualAddress, string? BackEnd);

/// <summary>The answer to a request that failed.</summary>
/// <param name="Error">One line: what is wrong, and what to do.</param>
internal sealed record ErrorDocument(string Error);
