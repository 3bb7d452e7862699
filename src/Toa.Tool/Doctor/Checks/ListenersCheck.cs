using System.Collections.Generic;
using System.Linq;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether services listen, and whether a balancer can reach them.</summary>
internal sealed class ListenersCheck : ICheck
{
    public static readonly FindingKind Reachable = new("TOA600", Severity.Ok,
        $"Services listen where a balancer can reach them");
    public static readonly FindingKind Nobody = new("TOA601", Severity.Error, $"No service listens on the port");
    public static readonly FindingKind LoopbackOnly = new("TOA602", Severity.Error,
        $"The service listens on loopback only");
    public static readonly FindingKind IPv6Only = new("TOA603", Severity.Error,
        $"The service does not accept IPv4, which balancers use");
    public static readonly FindingKind NotReachable = new("TOA604", Severity.Info,
        $"Some services cannot be reached through a balancer");
    public static readonly FindingKind NoService = new("TOA605", Severity.Info,
        $"No service listens where a balancer can reach it");
    public static readonly FindingKind MaybeIPv6Only = new("TOA606", Severity.Info,
        $"It is not known whether services on [::] accept IPv4");

    private enum Reach
    {
        Reachable,
        Loopback,
        IPv6,
    }

    public Message About => $"listening services";

    public IEnumerable<Finding> Run(Examination examination)
    {
        ListenerDetails details = examination.ListenerDetails;
        Dictionary<Reach, Listener[]> byReach = examination.FindListeners()
            .GroupBy(listener => ReachOf(listener, details))
            .ToDictionary(group => group.Key, group => group.ToArray());
        Listener[] reachable = byReach.GetValueOrDefault(Reach.Reachable, []);

        if (reachable.Length > 0)
            yield return Reachable.Found($"{Join(reachable)}.");
        Listener[] unknown = [.. reachable.Where(listener => listener.IsIPv6Any && details.IsIPv6Only(listener) is null)];
        Message missing = $"ss is not installed", silent = $"ss does not show it either";
        if (unknown.Length > 0)
            yield return MaybeIPv6Only.Found(
                $"{Join(unknown)}. /proc/net/tcp6 does not show IPV6_V6ONLY, and {(details.IsMissing ? missing : silent)}.",
                $"Most services accept IPv4. .NET: set DualMode to true. nginx: ipv6only=off.");
        IEnumerable<Finding> bad = examination.Options.Ports.Count > 0
            ? examination.Options.Ports.Where(port => !reachable.Any(listener => listener.End.Port == port))
                .Select(port => Unreachable(port, byReach))
            : Others(byReach, reachable.Length);
        foreach (Finding finding in bad)
            yield return finding;
    }

    private static Finding Unreachable(int port, Dictionary<Reach, Listener[]> byReach)
    {
        Listener[] Here(Reach reach) =>
            [.. byReach.GetValueOrDefault(reach, []).Where(listener => listener.End.Port == port)];
        if (Here(Reach.IPv6) is { Length: > 0 } ipv6)
            return IPv6Only.Found($"{Join(ipv6)}.",
                $"Configure the service to listen on 0.0.0.0:{port}, or on [::]:{port} with a dual-mode socket "
                + $"(docs/guides/dual-mode.md).");
        return Here(Reach.Loopback) is { Length: > 0 } loopback
            ? LoopbackOnly.Found($"{Join(loopback)}.",
                $"Configure the service to listen on 0.0.0.0:{port} or [::]:{port}. ASP.NET Core: ASPNETCORE_URLS=http://[::]:{port}.")
            : Nobody.Found($"No socket listens on port {port} in this network namespace.",
                $"Start the service, or run toa doctor in its container's network namespace.");
    }

    private static IEnumerable<Finding> Others(Dictionary<Reach, Listener[]> byReach, int reachable)
    {
        Listener[] loopback = byReach.GetValueOrDefault(Reach.Loopback, []);
        Listener[] ipv6 = byReach.GetValueOrDefault(Reach.IPv6, []);
        List<Message> seen = [];
        if (loopback.Length > 0)
            seen.Add($"on loopback only: {Join(loopback)}");
        if (ipv6.Length > 0)
            seen.Add($"without IPv4: {Join(ipv6)}");
        if (seen.Count > 0)
            yield return NotReachable.Found($"{string.Join("; ", seen)}.",
                $"If one of them must be reachable, run toa doctor --port N to see what to change.");
        if (reachable == 0)
            yield return NoService.Found(seen.Count > 0 ? (Message)$"No other TCP socket listens." : $"No TCP socket listens.",
                $"Start the service, or run toa listen for a first test.");
    }

    private static Reach ReachOf(Listener listener, ListenerDetails details)
    {
        if (listener.IsLoopback)
            return Reach.Loopback;
        return listener.IsIPv6Address || details.IsIPv6Only(listener) == true ? Reach.IPv6 : Reach.Reachable;
    }

    private static string Join(IEnumerable<Listener> listeners) => string.Join(", ", listeners);
}
