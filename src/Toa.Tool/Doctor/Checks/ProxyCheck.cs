using System;
using System.Collections.Generic;
using System.Linq;
using Toa.Tool.Firewall;
using Toa.Tool.Language;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether rules hand connections to a proxy.</summary>
internal sealed class ProxyCheck : ICheck
{
    public static readonly FindingKind ToProxy = new("TOA522", Severity.Warning,
        $"Connections are redirected to a proxy: the service behind it sees the proxy as its client");
    public static readonly FindingKind ToPort = new("TOA523", Severity.Info, $"Connections are redirected to another port");

    // Names of processes. The kernel keeps 15 characters.
    private static readonly string[] s_proxies =
        ["envoy", "cilium-envoy", "pilot-agent", "ztunnel", "linkerd2-proxy", "haproxy", "nginx", "traefik", "squid", "caddy", "apache2", "httpd"];

    public Message About => $"rules that redirect connections";

    public IEnumerable<Finding> Run(Examination examination)
    {
        RuleEffect[] effects =
        [
            .. examination.RuleEffects.Where(effect => effect.Kind == VerdictKind.TransparentProxy
                || (effect.Kind == VerdictKind.Redirect && effect.To != effect.Port)),
        ];
        if (effects.Length == 0)
            yield break;
        ILookup<int, string> holders = examination.Listeners.Value
            .SelectMany(listener => listener.Holders.Select(holder => (listener.End.Port, holder.Name)))
            .ToLookup(holder => holder.Port, holder => holder.Name);
        foreach (IGrouping<int, RuleEffect> port in effects.GroupBy(effect => effect.To))
        {
            string? name = holders[port.Key].FirstOrDefault(IsProxy) ?? holders[port.Key].FirstOrDefault();
            Message to = name is null ? (Message)$"port {port.Key}" : $"port {port.Key} ({name})";
            Message seen = $"{RuleEffects.Describe(port)}. They arrive at {to}.";
            if (name is not null && IsProxy(name))
                yield return ToProxy.Found(seen,
                    $"The provider gives the client to {name} only. The service behind it gets the client if {name} passes it on: in "
                    + $"X-Forwarded-For or with the PROXY protocol. Or exclude the service's port from the rule (Istio: the annotation "
                    + $"traffic.sidecar.istio.io/excludeInboundPorts).");
            else
                yield return ToPort.Found(seen,
                    $"The TOA option stays on these connections. If the program on port {port.Key} is a proxy, only it gets the client: the "
                    + $"service behind it sees the proxy.");
        }
    }

    private static bool IsProxy(string name) => s_proxies.Contains(name, StringComparer.Ordinal);
}
